using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup target add</c></summary>
internal static class TargetAdd
{
    internal static Command Create(CommandContext context)
    {
        var targets = ListArgument.OneOrMore(
            "TARGET", "List of targets to install; \"all\" installs all available targets");
        var toolchain = ToolchainArgument.OfficialOption();
        var offline = SharedFlags.Offline();
        var from = SharedFlags.From();
        var verb = new Verb("add", "Add a target to a Rust toolchain");
        verb.Aliases.Add("install");
        verb.Add(targets);
        verb.Add(toolchain);
        verb.Add(offline);
        verb.Add(from);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            SharedFlags.ApplyFrom(parse.GetValue(from));
            return Run(
                context,
                parse.GetRequiredValue(targets),
                parse.GetValue(toolchain));
        });
        return verb;
    }

    private static int Run(CommandContext context, IReadOnlyList<string> targets, string? toolchain)
    {
        using var workspace = new Workspace(context);
        ComponentChanges.AddTargets(workspace, toolchain, targets);
        return 0;
    }
}
