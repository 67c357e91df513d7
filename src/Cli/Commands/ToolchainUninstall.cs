using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain uninstall</c>, also known as <c>rustup uninstall</c></summary>
internal static class ToolchainUninstall
{
    internal static Command Create(CommandContext context)
    {
        var toolchains = ListArgument.OneOrMore(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var verb = new Verb("uninstall", "Uninstall the given toolchains");
        verb.Aliases.Add("remove");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        verb.Add(toolchains);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchains)));
        return verb;
    }

    private static int Run(CommandContext context, IReadOnlyList<string> toolchains) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
