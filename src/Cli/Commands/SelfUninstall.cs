using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Setup;

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
        if (!noPrompt)
        {
            context.Output.WriteLine("Thanks for hacking in Rust!");
            context.Output.WriteLine();
            context.Output.WriteLine("This will uninstall all Rust toolchains and data, and remove");
            context.Output.WriteLine($"{workspace.Homes.CargoBin} from your PATH environment variable.");
            context.Output.WriteLine();
            context.Output.Write("Continue? (y/N) ");
            context.Output.Flush();
            var answer = Console.In.ReadLine() ?? throw new StoreException(
                StoreErrorKind.Usage, "unable to read from stdin for confirmation");
            if (!answer.Trim().Equals("y", StringComparison.OrdinalIgnoreCase))
            {
                workspace.Reporter.Info("aborting uninstallation");
                return 0;
            }
        }
        new SelfRemoval(workspace).Run(keepsProfiles: noModifyPath);
        return 0;
    }
}
