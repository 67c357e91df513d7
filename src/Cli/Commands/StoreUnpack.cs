using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store unpack</c>: what other commands start when they return, at low priority and without output.</summary>
internal static class StoreUnpack
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("unpack", "Unpack documentation that waits for it") { Hidden = true };
        verb.SetAction(_ => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        // One that failed is the next command's to start again, not this one's.
        using var workspace = new Workspace(context) { StartsBackgroundWork = false };
        ProcessPriority.Lower();
        workspace.Writing.Unpack(workspace.Writing.ListUnattended());
        return 0;
    }
}
