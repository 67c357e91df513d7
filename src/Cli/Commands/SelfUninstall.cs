using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Cli.Setup.Shells;
using ToolchainStore.Platform;

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

    private static int Run(CommandContext context, bool noPrompt, bool noModifyPath)
    {
        using var workspace = new Workspace(context);
        var removal = new SelfRemoval(workspace);
        removal.RequireInstalled();
        if (!noPrompt && !IsConfirmed(context, workspace, noModifyPath))
        {
            workspace.Reporter.Info("aborting uninstallation");
            return 0;
        }
        removal.Run(keepsPath: noModifyPath);
        return 0;
    }

    private static bool IsConfirmed(CommandContext context, Workspace workspace, bool noModifyPath)
    {
        var shownHome = ShellSurroundings.OfUser(Machine.Host, workspace.Homes.CargoHome).ShownCargoHome;
        context.Output.WriteLine(Prose.Wrap(InstallationTexts.Goodbye(shownHome, keepsPath: noModifyPath)));
        return Prompt.Confirm(context.Output, "Continue?");
    }
}
