using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup run</c></summary>
internal static class RunInToolchain
{
    private const string Discussion =
        """
        Configures an environment to use the given toolchain and then runs
        the specified program. The command may be any program, not just
        rustc or cargo. This can be used for testing arbitrary toolchains
        without setting an override.

        Commands explicitly proxied by `rustup` (such as `rustc` and
        `cargo`) also have a shorthand for this available. The toolchain
        can be set by using `+toolchain` as the first argument. These are
        equivalent:

          $ cargo +nightly build

          $ rustup run nightly cargo build
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyOrPathDescription, ToolchainArgument.FindAnyOrPathFault);
        var command = ListArgument.OneOrMore("COMMAND", "");
        var install = new Flag("--install", "Install the requested toolchain if needed");
        var verb = new Verb("run", "Run a command with an environment configured for a given toolchain")
        {
            Discussion = Discussion,
            PassesArgumentsThrough = true,
        };
        verb.Add(toolchain);
        verb.Add(command);
        verb.Add(install);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(toolchain),
            parse.GetRequiredValue(command),
            parse.GetValue(install)));
        return verb;
    }

    private static int Run(
        CommandContext context,
        string toolchain,
        IReadOnlyList<string> command,
        bool install) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
