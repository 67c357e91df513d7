using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup man</c></summary>
internal static class Man
{
    internal static Command Create(CommandContext context)
    {
        var command = TextArgument.Required("COMMAND", "");
        var toolchain = ToolchainArgument.OfficialOption();
        var verb = new Verb("man", "View the man page for a given command");
        verb.Add(command);
        verb.Add(toolchain);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(command),
            parse.GetValue(toolchain)));
        return verb;
    }

    private static int Run(CommandContext context, string command, string? toolchain) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
