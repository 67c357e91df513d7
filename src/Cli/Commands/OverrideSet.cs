using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override set</c></summary>
internal static class OverrideSet
{
    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyDescription, ToolchainArgument.FindAnyFault);
        var path = new TextOption("--path", "PATH", "Path to the directory");
        var verb = new Verb("set", "Set the override toolchain for a directory");
        verb.Aliases.Add("add");
        verb.Add(toolchain);
        verb.Add(path);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(toolchain), parse.GetValue(path)));
        return verb;
    }

    private static int Run(CommandContext context, string toolchain, string? path) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
