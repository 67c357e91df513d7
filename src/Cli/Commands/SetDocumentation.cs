using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set docs</c></summary>
internal static class SetDocumentation
{
    internal static Command Create(CommandContext context)
    {
        var mode = TextArgument.Choice("DOCS_MODE", "eager", [.. DocumentationModeText.All]);
        var verb = new Verb("docs", "When documentation is unpacked") { IsAddition = true };
        verb.Add(mode);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(mode)));
        return verb;
    }

    private static int Run(CommandContext context, string mode)
    {
        using var workspace = new Workspace(context);
        workspace.Writing.SetSetting(SettingKeys.Documentation, mode);
        workspace.Reporter.Info($"docs mode set to {mode}");
        if (workspace.Writing.DocumentationMode == DocumentationMode.Eager)
        {
            workspace.Writing.Unpack(workspace.Writing.ListWaiting());
        }
        return 0;
    }
}
