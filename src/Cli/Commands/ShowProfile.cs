using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show profile</c></summary>
internal static class ShowProfile
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("profile", "Show the default profile used for the `rustup install` command");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
