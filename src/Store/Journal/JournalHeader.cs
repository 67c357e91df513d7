using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>What the file of a journal says it is. Every connection obeys that, whatever it would like.</summary>
internal static class JournalHeader
{
    /// <summary>Two network clients that write one write-ahead log lose commits silently; measured, so it is refused.</summary>
    /// <remarks>Takes no lock and looks at no log: <c>immutable</c> reads the first page as it is.</remarks>
    internal static void RefuseLog(StoreLayout layout)
    {
        if (Read(layout) == JournalMode.WriteAheadLog)
        {
            throw RefusedLog(layout);
        }
    }

    /// <summary>Null if it cannot be read.</summary>
    internal static JournalMode? Read(StoreLayout layout)
    {
        var uri = $"file:{Uri.EscapeDataString(layout.Journal)}?immutable=1";
        var opened = raw.sqlite3_open_v2(uri, out var handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, null);
        using (handle)
        {
            return opened != raw.SQLITE_OK ? null
                : IsLog(handle) ? JournalMode.WriteAheadLog
                : JournalMode.Rollback;
        }
    }

    internal static StoreException RefusedLog(StoreLayout layout) => new(
        StoreErrorKind.Usage,
        $"the store in '{layout.Root}' keeps a write-ahead log, which loses commits on a network file system"
        + "\nhelp: on the machine that has it on a local disk, run `rustup store convert --journal=rollback`");

    internal static bool IsLog(sqlite3? handle)
    {
        if (raw.sqlite3_prepare_v2(handle, "PRAGMA journal_mode", out var statement) != raw.SQLITE_OK)
        {
            return false;
        }
        using (statement)
        {
            return raw.sqlite3_step(statement) == raw.SQLITE_ROW
                && raw.sqlite3_column_text(statement, 0).utf8_to_string() == JournalModeText.Log;
        }
    }
}
