using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>A database of its own with the locks and the mode of a shared journal, to try them where a store is.</summary>
public sealed class ProbeDatabase : IDisposable
{
    private readonly sqlite3 handle;

    private ProbeDatabase(sqlite3 handle) => this.handle = handle;

    /// <summary>Makes the file and begins to write to it: nobody else can, until this is disposed.</summary>
    public static ProbeDatabase BeginWriting(string path)
    {
        var database = Open(path);
        var result = raw.sqlite3_exec(
            database.handle, "PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA; CREATE TABLE IF NOT EXISTS probe (value); BEGIN IMMEDIATE");
        if (result == raw.SQLITE_OK)
        {
            return database;
        }
        var message = raw.sqlite3_errmsg(database.handle).utf8_to_string();
        database.Dispose();
        throw new StoreException(StoreErrorKind.Disk, $"could not begin to write to '{path}': {message}");
    }

    /// <summary>Whether somebody else is writing to the file now.</summary>
    public static bool IsBeingWritten(string path)
    {
        using var database = Open(path);
        return (raw.sqlite3_exec(database.handle, "BEGIN IMMEDIATE") & 0xff) switch
        {
            raw.SQLITE_OK => false,
            raw.SQLITE_BUSY => true,
            _ => throw new StoreException(
                StoreErrorKind.Disk, $"could not lock '{path}': {raw.sqlite3_errmsg(database.handle).utf8_to_string()}"),
        };
    }

    public void Dispose()
    {
        raw.sqlite3_close_v2(handle);
        handle.Dispose();
    }

    private static ProbeDatabase Open(string path)
    {
        Batteries_V2.Init();
        const int Flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE;
        return raw.sqlite3_open_v2(path, out var handle, Flags, null) == raw.SQLITE_OK
            ? new ProbeDatabase(handle)
            : throw new StoreException(StoreErrorKind.Disk, $"could not open '{path}': {raw.sqlite3_errmsg(handle).utf8_to_string()}");
    }
}
