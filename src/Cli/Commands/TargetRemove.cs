using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup target remove</c></summary>
internal static class TargetRemove
{
    internal static Command Create(CommandContext context)
    {
        var targets = ListArgument.OneOrMore("TARGET", "List of targets to uninstall");
        var toolchain = ToolchainArgument.OfficialOption();
        var verb = new Verb("remove", "Remove a target from a Rust toolchain");
        verb.Aliases.Add("uninstall");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        verb.Add(targets);
        var offline = SharedFlags.Offline();
        verb.Add(toolchain);
        verb.Add(offline);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            return Run(context, parse.GetRequiredValue(targets), parse.GetValue(toolchain));
        });
        return verb;
    }

    private static int Run(CommandContext context, IReadOnlyList<string> targets, string? toolchain)
    {
        using var workspace = new Workspace(context);
        ComponentChanges.RemoveTargets(workspace, toolchain, targets);
        return 0;
    }
}
