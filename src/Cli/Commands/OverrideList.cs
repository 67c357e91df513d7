using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override list</c></summary>
internal static class OverrideList
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("list", "List directory toolchain overrides");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
