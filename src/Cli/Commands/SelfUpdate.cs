using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup self update</c></summary>
internal static class SelfUpdate
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("update", "Download and install updates to rustup");
        verb.Aliases.Add("up");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        return SelfUpdating.Run(workspace);
    }
}
