using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup show profile</c></summary>
internal static class ShowProfile
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("profile", "Show the default profile used for the `rustup install` command");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        context.Output.WriteLine(ProfileText.Format(workspace.Profile));
        return 0;
    }
}
