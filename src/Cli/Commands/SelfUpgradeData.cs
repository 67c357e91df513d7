using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup self upgrade-data</c></summary>
internal static class SelfUpgradeData
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("upgrade-data", "Upgrade the internal data format");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
