using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup component list</c></summary>
internal static class ComponentList
{
    internal static Command Create(CommandContext context)
    {
        var toolchain = ToolchainArgument.OfficialOption();
        var installedOnly = new Flag("--installed", "List only installed components");
        var isQuiet = new Flag("--quiet", "Force the output to be a single column", "-q");
        var verb = new Verb("list", "List installed and available components");
        verb.Add(toolchain);
        verb.Add(installedOnly);
        var offline = SharedFlags.Offline();
        verb.Add(isQuiet);
        verb.Add(offline);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            return Run(
                context,
                parse.GetValue(toolchain),
                parse.GetValue(installedOnly),
                parse.GetValue(isQuiet));
        });
        return verb;
    }

    private static int Run(
        CommandContext context,
        string? toolchain,
        bool installedOnly,
        bool isQuiet)
    {
        using var workspace = new Workspace(context);
        ComponentTables.WriteComponents(workspace, toolchain, installedOnly, isQuiet);
        return 0;
    }
}
