using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace ToolchainStore.Journal;

/// <summary>
/// Whether the write-ahead log and its index stay when the last connection closes, so that users who may not write the
/// directory can still read the journal (sqlite.org/c3ref/c_fcntl_begin_atomic_write.html, SQLITE_FCNTL_PERSIST_WAL).
/// </summary>
internal static unsafe partial class PersistentLog
{
    private const int PersistWal = 10;

    internal static void Keep(SqliteConnection connection, bool isKept)
    {
        var enabled = isKept ? 1 : 0;
        var handle = connection.Handle ?? throw new InvalidOperationException("the journal is closed");
        ControlFile(handle.DangerousGetHandle(), null, PersistWal, &enabled);
        GC.KeepAlive(handle);
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ControlFile(nint database, string? name, int operation, int* argument);
}
