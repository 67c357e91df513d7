using System.Runtime.InteropServices;
using System.Text;
using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>
/// SQLite's files for whoever only reads, and for somebody who may not write the store: nothing is opened for writing or made there. Left to itself, SQLite
/// asks for that with the log and its index, and makes do with reading when it is refused.
/// </summary>
/// <remarks>
/// The system's own access with another answer to <c>xOpen</c> (sqlite.org/c3ref/vfs.html); for the index there is a parameter
/// (os_unix.c, <c>readonly_shm</c>). What a killed writer left in the log is read all the same: without a live writer
/// SQLite makes an index of its own in memory (wal.c, walBeginShmUnreliable). Connections of one process share the index and with it
/// what they may do: a process closes what it reads by this access before it opens the journal for writing.
/// </remarks>
internal static unsafe partial class ReadOnlyFiles
{
    internal const string Name = "read-only";

    private const int Readable = 0x1, Writable = 0x2, Created = 0x4;

    // Of the database: the file itself, its rollback journals, its log. Temporary files are elsewhere and stay writable.
    private const int OfDatabase = 0x100 | 0x800 | 0x4000 | 0x80000;

    private static readonly Lock registering = new();
    private static Access* system;
    private static bool isRegistered;

    /// <summary>What SQLite opens for the database at a path, with this access.</summary>
    internal static string DataSource(string path) => $"file:{Uri.EscapeDataString(path)}?readonly_shm=1";

    /// <summary>As <see cref="DataSource"/>, where nobody can write: no lock is taken and no log is looked for.</summary>
    internal static string UnchangingDataSource(string path) => $"file:{Uri.EscapeDataString(path)}?immutable=1";

    /// <summary>To be called before <see cref="Name"/> is used.</summary>
    internal static void Register()
    {
        using var exclusive = registering.EnterScope();
        if (isRegistered)
        {
            return;
        }
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.sqlite3_initialize();
        var found = FindAccess(null);
        Invariant.Hold(found != null, "SQLite has an access to files");
        // SQLite keeps both for as long as the process lives.
        var access = (Access*)NativeMemory.AllocZeroed((nuint)sizeof(Access));
        *access = *found;
        access->Next = null;
        access->Name = (byte*)NativeMemory.AllocZeroed((nuint)Name.Length + 1);
        Encoding.ASCII.GetBytes(Name, new Span<byte>(access->Name, Name.Length));
        access->Open = &Open;
        system = found;
        var result = RegisterAccess(access, makesDefault: 0);
        Invariant.Hold(result == raw.SQLITE_OK, "SQLite knows the read-only access");
        isRegistered = true;
    }

    [UnmanagedCallersOnly]
    private static int Open(Access* access, byte* path, void* file, int flags, int* givenFlags) => system->Open(
        system, path, file, (flags & OfDatabase) == 0 ? flags : (flags & ~(Writable | Created)) | Readable, givenFlags);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static partial Access* FindAccess(byte* name);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static partial int RegisterAccess(Access* access, int makesDefault);

    /// <summary><c>sqlite3_vfs</c>, version 3.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Access
    {
        internal int Version;
        internal int FileBytes;
        internal int PathBytesMax;
        internal Access* Next;
        internal byte* Name;
        internal void* Data;
        internal delegate* unmanaged<Access*, byte*, void*, int, int*, int> Open;
        internal fixed long OtherFunctions[15];
    }
}
