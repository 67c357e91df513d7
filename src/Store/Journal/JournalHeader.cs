using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>What the file of a journal says it is. Every connection obeys that, whatever it would like.</summary>
internal static class JournalHeader
{
    /// <summary>Two network clients that write one write-ahead log lose commits silently; measured, so it is refused.</summary>
    internal static void RefuseLog(StoreLayout layout)
    {
        if (Read(layout) == JournalMode.WriteAheadLog)
        {
            throw RefusedLog(layout);
        }
    }

    /// <summary>Null if it cannot be read.</summary>
    /// <remarks>
    /// Takes no lock and looks at no log: with <c>nolock</c> SQLite opens a file without one, and refuses one that has a log
    /// (pager.c, sqlite3PagerWalSupported). <c>immutable</c> would not do: it ignores what the file says of its mode.
    /// </remarks>
    internal static JournalMode? Read(StoreLayout layout)
    {
        var uri = $"file:{Uri.EscapeDataString(layout.Journal)}?nolock=1";
        var opened = raw.sqlite3_open_v2(uri, out var handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_URI, null);
        using (handle)
        {
            return opened != raw.SQLITE_OK ? null : raw.sqlite3_exec(handle, "SELECT 1 FROM sqlite_schema LIMIT 1") switch
            {
                raw.SQLITE_OK => JournalMode.Rollback,
                raw.SQLITE_CANTOPEN => JournalMode.WriteAheadLog,
                _ => null,
            };
        }
    }

    internal static StoreException RefusedLog(StoreLayout layout) => new(
        StoreErrorKind.Usage,
        $"the store in '{layout.Root}' keeps a write-ahead log, which loses commits on a network file system"
        + "\nhelp: on the machine that has it on a local disk, run `rustup store convert --journal=rollback`");

    /// <summary>Of a connection that has read something.</summary>
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
