using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override set</c></summary>
internal static class OverrideSet
{
    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var path = new TextOption("--path", "PATH", "Path to the directory") { IsPath = true };
        var verb = new Verb("set", "Set the override toolchain for a directory");
        verb.Aliases.Add("add");
        verb.Add(toolchain);
        verb.Add(path);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchain), parse.GetValue(path)));
        return verb;
    }

    private static int Run(CommandContext context, string toolchain, string? path)
    {
        using var workspace = new Workspace(context);
        string name;
        switch (RequestedToolchain.ParseOfficialOrCustom(toolchain))
        {
            case RequestedToolchain.Official official:
                var resolved = official.Name.Resolve(workspace.Writing.DefaultHost);
                if (workspace.Writing.Catalog.Find(resolved) is null)
                {
                    UpdateSummary.Write(workspace.Output, [ToolchainFollowing.EnsureInstalled(workspace, resolved)]);
                }
                name = resolved.Text;
                break;
            case RequestedToolchain.Custom custom when workspace.Writing.Catalog.Find(custom.Name) is not null:
                name = custom.Name.Text;
                break;
            default:
                throw new StoreException(StoreErrorKind.NotFound, $"toolchain '{toolchain}' is not installed");
        }
        Store(workspace, path ?? Environment.CurrentDirectory, name);
        return 0;
    }

    /// <summary>Binds a directory to a toolchain; a directory that does not exist is bound by the path as given.</summary>
    internal static void Store(Workspace workspace, string path, string toolchain)
    {
        workspace.Writing.SetOverride(workspace.Files.Canonicalize(path) ?? path, toolchain);
        workspace.Reporter.Info($"override toolchain for {path} set to {toolchain}");
    }
}
