using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain list</c></summary>
internal static class ToolchainList
{
    internal static Command Create(CommandContext context)
    {
        var isVerbose = new Flag("--verbose", "Enable verbose output with toolchain information", "-v");
        var isQuiet = new Flag("--quiet", "Force the output to be a single column", "-q");
        var verb = new Verb("list", "List installed toolchains") { Exclusive = [[isVerbose, isQuiet]] };
        verb.Add(isVerbose);
        verb.Add(isQuiet);
        verb.SetAction(parse => Run(context, parse.GetValue(isVerbose), parse.GetValue(isQuiet)));
        return verb;
    }

    private static int Run(CommandContext context, bool isVerbose, bool isQuiet) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
