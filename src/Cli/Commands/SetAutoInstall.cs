using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set auto-install</c></summary>
internal static class SetAutoInstall
{
    internal static Command Create(CommandContext context)
    {
        var mode = TextArgument.Choice("AUTO_INSTALL_MODE", "enable", "enable", "disable");
        var verb = new Verb("auto-install", "The auto toolchain install mode");
        verb.Add(mode);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(mode)));
        return verb;
    }

    private static int Run(CommandContext context, string mode)
    {
        using var workspace = new Workspace(context);
        workspace.Writing.SetSetting(SettingKeys.AutoInstall, mode);
        workspace.Reporter.Info($"setting auto install mode to {mode}");
        return 0;
    }
}
