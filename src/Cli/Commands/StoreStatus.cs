using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store status</c></summary>
internal static class StoreStatus
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("status", "Show what the store contains and what keeps it");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
