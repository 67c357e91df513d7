using System.Text;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// <c>store/records/NAME</c>: the rows of one name, for rebuilding a journal that is lost. A view: the transaction that moves a
/// name marks it as stale, and its record is written together with its link.
/// </summary>
/// <remarks>
/// Crash: a record is old or new, and its name still stale, so the next writer writes it again; a journal that is lost at that
/// very moment comes back without the last change of that name. Cost: one small file for each name that moved.
/// </remarks>
public sealed class ToolchainRecords(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    private const string Header = "toolchain-store record 1";
    private const string End = "end ";

    /// <summary>Brings the record of a name in line, within the write transaction that does so with its link.</summary>
    public void Write(JournalSession session, string name)
    {
        var path = layout.Record(name);
        if (session.Toolchains.Find(name) is null)
        {
            if (machine.Files.TryDeleteFile(path))
            {
                // Crash without this: a rebuilt journal would have a toolchain that was uninstalled.
                machine.Files.SyncDirectory(layout.Records);
            }
            return;
        }
        // Of damaged rows the record that there is says more than a new one.
        if (session.Records.TryList(name) is { } rows)
        {
            machine.Files.ReplaceContent(path, Format(rows), layout.RecordBeingWritten);
        }
    }

    /// <summary>Records that would not bring back what their names are now.</summary>
    public IReadOnlyList<Finding> Verify()
    {
        var entries = machine.Files.List(layout.Records).Select(entry => entry.Name).ToList();
        return journal.Read(session =>
        {
            if (session.SchemaVersion < Migrations.Latest)
            {
                return [];
            }
            var stale = session.StaleViews.List();
            var names = session.Toolchains.List().Select(row => row.Name).ToList();
            return names.Union(entries).Except(stale).Where(name => layout.Record(name) != layout.RecordBeingWritten)
                .Select(name => Compare(session, name)).OfType<Finding>().ToList();
        });
    }

    /// <summary>The rows of a record; null if there is none or it is damaged.</summary>
    public IReadOnlyList<RecordedRow>? TryRead(string name)
    {
        if (machine.Files.Status(layout.Record(name)) is not { Kind: FileKind.File }
            || machine.Files.TryReadUtf8(layout.Record(name)) is not { } text
            || text.LastIndexOf('\n' + End, StringComparison.Ordinal) is not (> 0 and var end)
            || text[(end + 1)..] != FormatEnd(text[..(end + 1)]))
        {
            return null;
        }
        var lines = text[..end].Split('\n');
        var rows = lines.Skip(1).Select(RecordedRow.TryParse).OfType<RecordedRow>().ToList();
        return lines[0] == Header && rows.Count == lines.Length - 1 ? rows : null;
    }

    private Finding? Compare(JournalSession session, string name)
    {
        var path = layout.Record(name);
        var subject = $"record of {name}";
        if (session.Toolchains.Find(name) is null)
        {
            return Describe($"'{path}' is of no toolchain");
        }
        if (!machine.Files.Exists(path))
        {
            return Describe($"'{path}' is missing");
        }
        if (TryRead(name) is not { } recorded)
        {
            return Describe($"'{path}' is not as it was written");
        }
        var now = session.Records.TryList(name);
        return now is null || Point(recorded).SequenceEqual(Point(now)) ? null : Describe($"'{path}' is not of what it is now");

        Finding Describe(string problem) => new(FindingKind.Record, subject, problem) { Id = name, Path = path };

        // What a name points to; more aliases of an archive, or documentation that was unpacked, make no other toolchain.
        static IEnumerable<string> Point(IReadOnlyList<RecordedRow> rows)
        {
            var toolchain = rows.First(row => row.Table == "toolchain");
            return rows.Where(row => row == toolchain
                    || (row.Table == "generation" && row["generation_id"] == toolchain["current_generation"]))
                .Select(row => row.Format());
        }
    }

    private static byte[] Format(IReadOnlyList<RecordedRow> rows)
    {
        var text = string.Concat(rows.Select(row => row.Format() + "\n").Prepend(Header + "\n"));
        return Encoding.UTF8.GetBytes(text + FormatEnd(text));
    }

    private static string FormatEnd(string text) =>
        $"{End}{Listing.FormatChecksum(Listing.ChecksumOf(Encoding.UTF8.GetBytes(text)))}\n";
}
