using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
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
        var json = JsonResult.CreateFlag();
        verb.Add(journal);
        verb.Add(json);
        verb.SetAction(parse => Run(context, JournalModeText.TryParse(parse.GetValue(journal)), parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, JournalMode? mode, bool isJson)
    {
        using var workspace = new Workspace(context);
        if (mode is not { } wanted)
        {
            throw new StoreException(
                StoreErrorKind.Usage, "nothing to convert\nhelp: say `--journal=rollback` or `--journal=wal`");
        }
        workspace.Writing.ConvertJournal(wanted);
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.Add("journal", JournalModeText.Format(wanted)));
            return 0;
        }
        workspace.Reporter.Info($"the journal's mode is {JournalModeText.Format(wanted)}");
        return 0;
    }
}
