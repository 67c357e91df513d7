using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup dump-testament</c></summary>
internal static class DumpTestament
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("dump-testament", "Dump information about the build") { Hidden = true };
        verb.SetAction(parse => Run(context));
        return verb;
    }

    internal static int Run(CommandContext context)
    {
        context.Output.WriteLine($"Rustup version renders as: {Version.Number} ({BuildStamp.CommitAndDate})");
        context.Output.WriteLine($"Current crate version: {Version.Number}");
        context.Output.WriteLine($"Commit info: {BuildStamp.CommitAndDate}");
        context.Output.WriteLine($"Program: {ProgramVersion.Name} {ProgramVersion.Text}");
        return 0;
    }
}
