using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Journal;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store convert</c></summary>
internal static class StoreConvert
{
    internal static Command Create(CommandContext context)
    {
        var journal = new TextOption(
            "--journal", "MODE", "'rollback' for a home that several machines share, 'wal' for one on a local disk")
        {
            FindFault = text => JournalModeText.TryParse(text) is null ? "not 'wal' or 'rollback'" : null,
        };
        var verb = new Verb("convert", "Change how the journal makes commits durable");
        verb.Add(journal);
        verb.SetAction(parse => Run(context, JournalModeText.TryParse(parse.GetValue(journal))));
        return verb;
    }

    private static int Run(CommandContext context, JournalMode? mode)
    {
        using var workspace = new Workspace(context);
        if (mode is not { } wanted)
        {
            throw new StoreException(
                StoreErrorKind.Usage, "nothing to convert\nhelp: say `--journal=rollback` or `--journal=wal`");
        }
        workspace.Writing.ConvertJournal(wanted);
        workspace.Reporter.Info($"the journal's mode is {JournalModeText.Format(wanted)}");
        return 0;
    }
}
