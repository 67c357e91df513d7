using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup self upgrade-data</c></summary>
internal static class SelfUpgradeData
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("upgrade-data", "Upgrade the internal data format");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        workspace.Writing.ReadSettings();
        workspace.Reporter.Info("nothing to upgrade: metadata version is already '12'");
        return 0;
    }
}
