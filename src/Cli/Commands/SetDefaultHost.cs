using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup set default-host</c></summary>
internal static class SetDefaultHost
{
    internal static Command Create(CommandContext context)
    {
        var host = TextArgument.Required("HOST_TRIPLE", "");
        var verb = new Verb("default-host", "The triple used to identify toolchains when not specified");
        verb.Add(host);
        verb.SetAction(parse => Run(context, parse.GetRequiredValue(host)));
        return verb;
    }

    private static int Run(CommandContext context, string host)
    {
        using var workspace = new Workspace(context);
        TargetTriple.ParseHost(host);
        workspace.Writing.SetSetting(SettingKeys.DefaultHost, host);
        return 0;
    }
}
