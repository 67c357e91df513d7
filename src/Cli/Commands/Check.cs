using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup check</c></summary>
internal static class Check
{
    internal static Command Create(CommandContext context)
    {
        var noSelfUpdate = new Flag(
            "--no-self-update", "Don't check for self update when running the `rustup check` command");
        var verb = new Verb("check", "Check for updates to Rust toolchains and rustup");
        verb.Add(noSelfUpdate);
        verb.SetAction(parse => Run(context, parse.GetValue(noSelfUpdate)));
        return verb;
    }

    private static int Run(CommandContext context, bool noSelfUpdate) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
