using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store verify</c></summary>
internal static class StoreVerify
{
    internal static Command Create(CommandContext context)
    {
        var contents = new Flag("--contents", "Also read every file and compare its checksum");
        var verb = new Verb("verify", "Check that what is installed is complete and unchanged");
        verb.Add(contents);
        verb.SetAction(parse => Run(context, parse.GetValue(contents)));
        return verb;
    }

    private static int Run(CommandContext context, bool contents) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
