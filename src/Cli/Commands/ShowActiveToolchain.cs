using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show active-toolchain</c></summary>
internal static class ShowActiveToolchain
{
    private const string Discussion =
        """
        Shows the name of the active toolchain.

        This is useful for figuring out the active tool chain from
        scripts.

        You should use `rustc --print sysroot` to get the sysroot, or
        `rustc --version` to get the toolchain version.
        """;

    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag("--verbose", "Enable verbose output with rustc information", "-v");
        var verb = new Verb("active-toolchain", "Show the active toolchain") { Discussion = Discussion };
        verb.Add(isVerbose);
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
