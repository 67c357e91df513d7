using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup check</c></summary>
internal static class Check
{
    private const string ExitStatus =
        """
        0   Everything is up to date.
        100 At least one update is available.
        1   An error occurred.
        """;

    internal static Command Create(CommandContext context)
    {
        var noSelfUpdate = new Flag(
            "--no-self-update", "Don't check for self update when running the `rustup check` command");
        var verb = new Verb("check", "Check for updates to Rust toolchains and rustup")
        {
            Sections = [new HelpSection("Exit status", ExitStatus)],
        };
        verb.Add(noSelfUpdate);
        verb.SetAction(parse => Run(context, parse.GetValue(noSelfUpdate)));
        return verb;
    }

    private static int Run(CommandContext context, bool noSelfUpdate) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
