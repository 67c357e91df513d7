using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup self uninstall</c></summary>
internal static class SelfUninstall
{
    internal static Command Create(CommandContext context)
    {
        var noPrompt = new Flag("-y", "Disable confirmation prompt");
        var noModifyPath = new Flag("--no-modify-path", "Do not clean up the `PATH` environment variable");
        var verb = new Verb("uninstall", "Uninstall rustup");
        verb.Add(noPrompt);
        verb.Add(noModifyPath);
        verb.SetAction(parse => Run(context, parse.GetValue(noPrompt), parse.GetValue(noModifyPath)));
        return verb;
    }

    private static int Run(CommandContext context, bool noPrompt, bool noModifyPath) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
