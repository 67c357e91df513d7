using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup component remove</c></summary>
internal static class ComponentRemove
{
    internal static Command Create(CommandContext context)
    {
        var components = ListArgument.OneOrMore("COMPONENT", "");
        var toolchain = ToolchainArgument.OfficialOption();
        var target = new TextOption("--target", "TARGET", "");
        var verb = new Verb("remove", "Remove a component from a Rust toolchain");
        verb.Aliases.Add("uninstall");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        verb.Add(components);
        verb.Add(toolchain);
        var stopRunning = SharedFlags.StopRunning();
        verb.Add(target);
        var offline = SharedFlags.Offline();
        verb.Add(stopRunning);
        verb.Add(offline);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            return Run(
                context,
                parse.GetRequiredValue(components),
                parse.GetValue(toolchain),
                parse.GetValue(target),
                parse.GetValue(stopRunning));
        });
        return verb;
    }

    private static int Run(
        CommandContext context,
        IReadOnlyList<string> components,
        string? toolchain,
        string? target,
        bool stopsRunning)
    {
        using var workspace = new Workspace(context);
        var overtaken = new OvertakenTools(workspace, workspace.Reading.FindLastMove(), stopsRunning);
        overtaken.Of(ComponentChanges.Remove(workspace, toolchain, components, target));
        overtaken.Tell();
        return 0;
    }
}
