using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Journal;

/// <summary>
/// The journal in memory, for somebody who may not write the store and cannot read the journal where it is: the index of its log
/// is missing, or a rollback journal has to be played back.
/// </summary>
internal static class JournalCopy
{
    // Each attempt that fails means that somebody wrote meanwhile; then there are files to read soon.
    private const int AttemptsMax = 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Suffixes = ["", "-wal", "-journal"];

    /// <summary>Fills an empty database in memory with what the journal holds; its log, or an unfinished commit, taken into account.</summary>
    /// <remarks>
    /// The files are copied to a private directory outside the home, where SQLite may do what it has to, and are gone again when this
    /// returns. Crash: that directory stays among the temporary files. Locking: none; files that change meanwhile are copied anew.
    /// The journal must not be open in this process: closing what is copied would drop its locks.
    /// </remarks>
    internal static void ReadInto(sqlite3 memory, Machine machine, StoreLayout layout)
    {
        var directory = Path.Combine(Path.GetTempPath(), $"rustup-journal-{machine.NewId()}");
        machine.Files.CreateDirectory(directory);
        try
        {
            machine.Files.SetMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var copy = Path.Combine(directory, "journal.db");
            CopyFiles(machine, layout.Journal, copy);
            Transfer(copy, memory, layout);
        }
        finally
        {
            machine.Files.DeleteTree(directory);
        }
    }

    private static void CopyFiles(Machine machine, string journal, string copy)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var before = StampOf(machine, journal);
            foreach (var suffix in Suffixes)
            {
                machine.Files.TryDeleteFile(copy + suffix);
                if (machine.Files.Exists(journal + suffix))
                {
                    machine.Files.CopyFile(
                        journal + suffix, copy + suffix, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
            }
            if (before == StampOf(machine, journal))
            {
                return;
            }
            machine.Sleep(Pause);
        }
        throw new StoreException(
            StoreErrorKind.Busy, $"'{journal}' keeps changing while it is read\nhelp: run the command again");
    }

    private static string StampOf(Machine machine, string journal) => string.Join(';', Suffixes.Select(suffix =>
        machine.Files.Status(journal + suffix) is { } status
            ? $"{status.Identity.Inode} {status.SizeBytes} {status.ModifiedNanoseconds} {status.ChangedNanoseconds}"
            : ""));

    private static void Transfer(string copy, sqlite3 memory, StoreLayout layout)
    {
        var result = raw.sqlite3_open_v2(copy, out var source, raw.SQLITE_OPEN_READWRITE, null);
        if (result == raw.SQLITE_OK)
        {
            result = Back(source, memory);
        }
        var reason = raw.sqlite3_errmsg(source).utf8_to_string();
        raw.sqlite3_close_v2(source);
        source.Dispose();
        if (result != raw.SQLITE_DONE)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt, $"the journal '{layout.Journal}' cannot be read from a copy: {reason}"
                + "\nhelp: who may write to the home runs `rustup store verify --repair` to rebuild it");
        }
    }

    private static int Back(sqlite3 source, sqlite3 memory)
    {
        const int AllPages = -1;
        var backup = raw.sqlite3_backup_init(memory, "main", source, "main");
        if (backup is null)
        {
            return raw.sqlite3_errcode(memory);
        }
        var result = raw.sqlite3_backup_step(backup, AllPages);
        raw.sqlite3_backup_finish(backup);
        return result;
    }
}
