using System.Runtime.InteropServices;

namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>The C library's calls that .NET has no equivalent of. Linux, 64 bits.</summary>
internal static unsafe partial class Native
{
    internal const int Kill = 9;
    internal const int BrokenPipe = 13;
    internal const int Interrupted = 4;

    internal const short SpawnSetProcessGroup = 0x02;
    internal const short SpawnSetSignalDefaults = 0x04;

    internal const int WaitForPid = 1;
    internal const int WaitExited = 4;
    internal const int WaitLeaveZombie = 0x01000000;

    /// <summary>Larger than the C library's spawn attributes, file actions, signal set and siginfo.</summary>
    internal const int OpaqueBytes = 512;

    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "posix_spawn")]
    internal static partial int Spawn(
        out int pid, byte* program, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitializeActions(byte* actions);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int DestroyActions(byte* actions);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_adddup2")]
    internal static partial int AddDuplicate(byte* actions, int from, int to);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddOpen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddChangeDirectory(byte* actions, string path);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitializeAttributes(byte* attributes);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int DestroyAttributes(byte* attributes);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setpgroup")]
    internal static partial int SetProcessGroup(byte* attributes, int group);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SetSignalDefaults(byte* attributes, byte* signals);

    [LibraryImport(C, EntryPoint = "sigemptyset")]
    internal static partial int EmptySignals(byte* signals);

    [LibraryImport(C, EntryPoint = "sigaddset")]
    internal static partial int AddSignal(byte* signals, int signal);

    [LibraryImport(C, EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitId(int kind, int pid, byte* info, int options);

    [LibraryImport(C, EntryPoint = "wait4", SetLastError = true)]
    internal static partial int Wait4(int pid, out int status, int options, out ResourceUsage usage);

    [LibraryImport(C, EntryPoint = "kill")]
    internal static partial int SendSignal(int pid, int signal);

    [LibraryImport(C, EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport(C, EntryPoint = "sync")]
    internal static partial void Sync();

    [LibraryImport(C, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncFileSystem(int descriptor);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags);

    [LibraryImport(C, EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int descriptor, int command, ref RecordLock recordLock);

    /// <summary><c>struct rusage</c>: two times, then the peak in KiB, then what nobody asks for here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 144)]
    internal struct ResourceUsage
    {
        internal long UserSeconds;
        internal long UserMicroseconds;
        internal long SystemSeconds;
        internal long SystemMicroseconds;
        internal long PeakKibibytes;
    }

    /// <summary><c>struct flock</c> with 64-bit offsets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RecordLock
    {
        internal short Kind;
        internal short Origin;
        internal long Start;
        internal long Length;
        internal int Pid;
    }
}
