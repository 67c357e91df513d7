using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override list</c></summary>
internal static class OverrideList
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("list", "List directory toolchain overrides");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        var overrides = workspace.Reading.ListOverrides();
        if (overrides.Count == 0)
        {
            context.Output.WriteLine("no overrides");
            return 0;
        }
        var hasMissing = false;
        foreach (var entry in overrides)
        {
            var isMissing = !workspace.Files.IsDirectory(entry.Path);
            hasMissing |= isMissing;
            var path = entry.Path + (isMissing ? " (not a directory)" : "");
            context.Output.WriteLine($"{path,-40}\t{entry.Toolchain,-20}");
        }
        if (hasMissing)
        {
            context.Output.WriteLine();
            workspace.Reporter.Info(
                "you may remove overrides for non-existent directories with\n`rustup override unset --nonexistent`");
        }
        return 0;
    }
}
