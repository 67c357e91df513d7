using System.CommandLine;
using System.Text;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup man</c></summary>
internal static class Man
{
    internal static Command Create(CommandContext context)
    {
        var command = TextArgument.Required("COMMAND", "");
        var toolchain = ToolchainArgument.OfficialOption();
        var verb = new Verb("man", "View the man page for a given command");
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
        using var held = workspace.Reading.Hold(chosen.Location)
            ?? throw Workspace.NotInstalled(chosen.Reference, isActive: false);
        var pages = Path.Combine(held.Location.SysrootPath, "share", "man");
        if (!workspace.Files.IsDirectory(pages))
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"not a directory: '{Path.Combine(workspace.ShownPath(chosen.Reference), "share", "man")}'");
        }
        // The old value stays behind ours, and an empty entry stands for the system's own pages.
        ProcessImage.SetVariable("MANPATH", $"{pages}:{CommandEnvironment.Read("MANPATH") ?? ""}");
        held.KeepAcrossExec();
        return ProcessImage.Become("man", [Encoding.UTF8.GetBytes(command)], searchesPath: true);
    }
}
