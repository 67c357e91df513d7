using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup dump-testament</c></summary>
internal static class DumpTestament
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("dump-testament", "Dump information about the build") { Hidden = true };
        verb.SetAction(parse => Run(context));
        return verb;
    }

    internal static int Run(CommandContext context) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
