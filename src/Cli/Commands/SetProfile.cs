using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set profile</c></summary>
internal static class SetProfile
{
    internal static Command Create(CommandContext context)
    {
        var profile = TextArgument.Choice("PROFILE_NAME", "default", "minimal", "default", "complete");
        var verb = new Verb("profile", "The default components installed with a toolchain");
        verb.Add(profile);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(profile)));
        return verb;
    }

    private static int Run(CommandContext context, string profile)
    {
        using var workspace = new Workspace(context);
        workspace.Writing.SetSetting(SettingKeys.Profile, profile);
        workspace.Reporter.Info($"profile set to {profile}");
        return 0;
    }
}
