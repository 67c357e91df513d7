using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup default</c></summary>
internal static class Default
{
    private const string Discussion =
        """
        Sets the default toolchain to the one specified. If the toolchain
        is not already installed then it is installed first.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Optional(
            "TOOLCHAIN", ToolchainArgument.AnyOrNoneDescription, ToolchainArgument.FindAnyOrNoneFault);
        var forceNonHost = SharedFlags.ForceNonHost();
        var verb = new Verb("default", "Set the default toolchain") { Discussion = Discussion };
        verb.Add(toolchain);
        verb.Add(forceNonHost);
        verb.SetAction(parse => Run(context, parse.GetValue(toolchain), parse.GetValue(forceNonHost)));
        return verb;
    }

    private static int Run(CommandContext context, string? toolchain, bool forceNonHost) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
