using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set auto-self-update</c></summary>
internal static class SetAutoSelfUpdate
{
    internal static Command Create(CommandContext context)
    {
        var mode = TextArgument.Choice(
            "AUTO_SELF_UPDATE_MODE", "enable", "enable", "disable", "check-only");
        var verb = new Verb("auto-self-update", "The rustup auto self update mode");
        verb.Add(mode);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(mode)));
        return verb;
    }

    private static int Run(CommandContext context, string mode)
    {
        using var workspace = new Workspace(context);
        workspace.Writing.SetSetting(SettingKeys.AutoSelfUpdate, mode);
        workspace.Reporter.Info($"auto-self-update mode set to {mode}");
        return 0;
    }
}
