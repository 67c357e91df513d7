using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup which</c></summary>
internal static class Which
{
    internal static Command Create(CommandContext context)
    {
        var command = TextArgument.Required("COMMAND", "");
        var toolchain = new TextOption("--toolchain", "TOOLCHAIN", ToolchainArgument.AnyDescription)
        {
            FindFault = ToolchainArgument.FindAnyFault,
        };
        var verb = new Verb("which", "Display which binary will be run for a given command");
        verb.Add(command);
        verb.Add(toolchain);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(command),
            parse.GetValue(toolchain)));
        return verb;
    }

    private static int Run(CommandContext context, string command, string? toolchain)
    {
        using var workspace = new Workspace(context);
        var chosen = workspace.RequireToolchain(toolchain);
        var tool = new ToolFinding(workspace, chosen);
        context.Output.WriteLine(tool.FindShownPath(command));
        return 0;
    }
}
