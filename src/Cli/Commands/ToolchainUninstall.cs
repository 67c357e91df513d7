using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain uninstall</c>, also known as <c>rustup uninstall</c></summary>
internal static class ToolchainUninstall
{
    internal static Command Create(CommandContext context)
    {
        var toolchains = ListArgument.OneOrMore(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var verb = new Verb("uninstall", "Uninstall the given toolchains");
        verb.Aliases.Add("remove");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        var stopRunning = SharedFlags.StopRunning();
        verb.Add(toolchains);
        verb.Add(stopRunning);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchains), parse.GetValue(stopRunning)));
        return verb;
    }

    private static int Run(CommandContext context, IReadOnlyList<string> toolchains, bool stopsRunning)
    {
        using var workspace = new Workspace(context);
        var overtaken = new OvertakenTools(workspace, workspace.Freeing.FindLastMove(), stopsRunning);
        foreach (var text in toolchains)
        {
            var reference = workspace.Freeing.Resolve(RequestedToolchain.ParseOfficialOrCustom(text));
            if (reference is ToolchainReference.Named named)
            {
                Uninstall(workspace, named.Name);
                overtaken.Of(named.Name);
            }
            if (text == "self")
            {
                workspace.Reporter.Info("if you meant to uninstall rustup itself, use `rustup self uninstall`");
            }
        }
        // After the names are gone, so that nothing new starts; before the collection, which finds what has ended.
        overtaken.Tell();
        BackgroundCollection.Start(workspace);
        return 0;
    }

    private static void Uninstall(Workspace workspace, ToolchainName name)
    {
        if (workspace.TryFindSelection()?.Toolchain.Text == name.Text)
        {
            workspace.Reporter.Warn(
                "removing the active toolchain; a toolchain override will be required for running Rust tools");
        }
        if (DefaultToolchain.Find(workspace) == name.Text)
        {
            workspace.Reporter.Warn(
                "removing the default toolchain; proc-macros and build scripts might no longer build");
        }
        if (workspace.Freeing.Catalog.Find(name) is null)
        {
            workspace.Reporter.Info($"no toolchain installed for '{name.Text}'");
            return;
        }
        workspace.Reporter.Info($"uninstalling toolchain {name.Text}");
        workspace.Reporter.Info(workspace.Freeing.Uninstall(name)
            ? $"toolchain {name.Text} uninstalled"
            : $"no toolchain installed for '{name.Text}'");
    }
}
