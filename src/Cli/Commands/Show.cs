using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show</c></summary>
internal static class Show
{
    private const string Discussion =
        """
        Shows the name of the active toolchain and the version of `rustc`.

        If the active toolchain has installed support for additional
        compilation targets, then they are listed as well.

        If there are multiple toolchains installed then all installed
        toolchains are listed as well.
        """;

    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag(
            "--verbose", "Enable verbose output with rustc information for all installed toolchains", "-v");
        var verb = new Verb("show", "Show the active and installed toolchains or profiles")
        {
            Discussion = Discussion,
        };
        verb.Add(isVerbose);
        verb.Add(ShowActiveToolchain.Create(context));
        verb.Add(ShowHome.Create(context));
        verb.Add(ShowProfile.Create(context));
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
