using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>
/// The system calls of Linux and macOS that .NET does not offer, or offers with side effects: File.Open takes an
/// flock, sets close-on-exec and calls fstat. Constants and layouts are those of the 64-bit kernels' headers.
/// </summary>
/// <remarks>What only one of them has is in <see cref="LinuxNative"/> and <see cref="MacNative"/>.</remarks>
internal static unsafe partial class UnixNative
{
    private const string Libc = "libc";

    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;

    // Properties, not fields: the compiler knows the answers and drops what is for the other system.
    internal static bool IsMac => OperatingSystem.IsMacOS();
    internal static int CurrentDirectory => IsMac ? -2 : -100;
    internal static int CreateFlag => IsMac ? 0x200 : 0x40;
    internal static int ExclusiveFlag => IsMac ? 0x800 : 0x80;
    internal static int CloseOnExec => IsMac ? 0x1000000 : 0x80000;
    internal static int DirectoryFlag => IsMac ? 0x100000 : HasOwnOpenFlags ? 0x4000 : 0x10000;
    internal static int NoFollow => IsMac ? 0x100 : HasOwnOpenFlags ? 0x8000 : 0x20000;
    internal static int NoFollowAt => IsMac ? 0x20 : 0x100;

    private static bool HasOwnOpenFlags => RuntimeInformation.ProcessArchitecture
        is Architecture.Arm64 or Architecture.Arm or Architecture.Ppc64le;

    // open and fcntl are variadic: Linux passes what follows in registers like everything else, Apple's arm64 on
    // the stack.
    internal static int Open(string path, int flags, int mode) => MacNative.HasVariadicOnStack
        ? MacNative.Open(path, flags, mode)
        : OpenInRegisters(path, flags, mode);

    internal static int Control(int descriptor, int command, nint argument) => MacNative.HasVariadicOnStack
        ? MacNative.Control(descriptor, command, argument)
        : ControlInRegisters(descriptor, command, argument);

    internal static int StatFileSystem(string path, byte* buffer) => MacNative.HasInode64Symbols
        ? MacNative.StatFileSystemInode64(path, buffer)
        : StatFileSystemPlain(path, buffer);

    internal const int BrokenPipeSignal = 13;
    internal const nint DefaultSignalAction = 0;

    [LibraryImport(Libc, EntryPoint = "signal")]
    internal static partial nint SetSignalAction(int signal, nint action);

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial int OpenInRegisters(string path, int flags, int mode);

    /// <summary>Leaves the last error alone: what failed before is what gets reported.</summary>
    [LibraryImport(Libc, EntryPoint = "close")]
    internal static partial int Close(int descriptor);

    [LibraryImport(Libc, EntryPoint = "dup2")]
    internal static partial int Duplicate(int descriptor, int number);

    [LibraryImport(Libc, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint Write(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    internal static partial nint WriteStream(int descriptor, byte* buffer, nint count);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    internal static partial nint ReadStream(int descriptor, byte* buffer, nint count);

    [LibraryImport(Libc, EntryPoint = "poll", SetLastError = true)]
    internal static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>Zero where the descriptor is a terminal.</summary>
    internal static int ReadTerminalSize(int descriptor, TerminalSize* size) => IsMac
        ? MacNative.DeviceControl(descriptor, 0x40087468, (nint)size)
        : LinuxNative.DeviceControl(descriptor, 0x5413, (nint)size);

    [LibraryImport(Libc, EntryPoint = "isatty")]
    internal static partial int IsTerminal(int descriptor);

    [LibraryImport(Libc, EntryPoint = "waitpid", SetLastError = true)]
    internal static partial int WaitForProcess(int processId, int* status, int options);

    [LibraryImport(Libc, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int descriptor, long length);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int descriptor);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlInRegisters(int descriptor, int command, nint argument);

    [LibraryImport(Libc, EntryPoint = "flock", SetLastError = true)]
    internal static partial int LockWhole(int descriptor, int operation);

    [LibraryImport(Libc, EntryPoint = "rename", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int Rename(string from, string to);

    /// <summary>Linux: RENAME_EXCHANGE, which NFS refuses; macOS: RENAME_SWAP, of APFS.</summary>
    internal static int Exchange(string path, string other)
    {
        const int Exchange = 2;
        return IsMac
            ? MacNative.RenameWithFlags(path, other, Exchange)
            : LinuxNative.RenameWithFlags(CurrentDirectory, path, CurrentDirectory, other, Exchange);
    }

    [LibraryImport(Libc, EntryPoint = "unlink", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int Unlink(string path);

    [LibraryImport(Libc, EntryPoint = "rmdir", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int RemoveDirectory(string path);

    [LibraryImport(Libc, EntryPoint = "mkdir", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int MakeDirectory(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "symlink", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int SymbolicLink(string target, string path);

    [LibraryImport(Libc, EntryPoint = "readlink", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial nint ReadLink(string path, byte* buffer, nint size);

    [LibraryImport(Libc, EntryPoint = "link", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int HardLink(string existing, string path);

    [LibraryImport(Libc, EntryPoint = "umask")]
    internal static partial int SetUmask(int mask);

    [LibraryImport(Libc, EntryPoint = "chmod", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int ChangeMode(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "kill", SetLastError = true)]
    internal static partial int SendSignal(int process, int signal);

    [LibraryImport(Libc, EntryPoint = "getppid")]
    internal static partial int ParentProcess();

    /// <summary>What is ahead of the handler's address in the structure is nothing, on all of them.</summary>
    [LibraryImport(Libc, EntryPoint = "sigaction", SetLastError = true)]
    internal static partial int ExamineSignal(int signal, nint replacement, byte* current);

    /// <summary>Waits until a child has ended and leaves it to be reaped.</summary>
    [LibraryImport(Libc, EntryPoint = "waitid", SetLastError = true)]
    internal static partial int WaitForState(int kind, uint processId, byte* information, int options);

    /// <summary>The variables as <see cref="SetEnvironment"/> leaves them; .NET's own copy has those of the start, as text.</summary>
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_GetEnviron")]
    internal static partial byte** ListEnvironment();

    [LibraryImport(Libc, EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();

    /// <summary>A record that the next call overwrites.</summary>
    [LibraryImport(Libc, EntryPoint = "getpwuid", SetLastError = true)]
    internal static partial byte** FindAccount(uint user);

    [LibraryImport(Libc, EntryPoint = "access", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int Access(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "utimensat", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int SetTimes(int directory, string path, TimeSpec* times, int flags);

    [LibraryImport(Libc, EntryPoint = "statfs", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial int StatFileSystemPlain(string path, byte* buffer);

    [LibraryImport(Libc, EntryPoint = "realpath", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial byte* RealPath(string path, byte* resolved);

    [LibraryImport(Libc, EntryPoint = "free")]
    internal static partial void Free(byte* memory);

    [LibraryImport(Libc, EntryPoint = "opendir", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial nint OpenDirectory(string path);

    [LibraryImport(Libc, EntryPoint = "closedir")]
    internal static partial int CloseDirectory(nint directory);

    [LibraryImport(Libc, EntryPoint = "posix_spawn", StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int Spawn(
        int* processId, string path, nint fileActions, nint attributes, byte** arguments, byte** environment);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitializeFileActions(nint actions);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int DestroyFileActions(nint actions);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int AddOpenAction(nint actions, int descriptor, string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_addclose")]
    internal static partial int AddCloseAction(nint actions, int descriptor);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitializeAttributes(nint attributes);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int DestroyAttributes(nint attributes);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetAttributeFlags(nint attributes, short flags);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_setsigdefault")]
    internal static partial int SetDefaultSignals(nint attributes, byte* signals);

    [LibraryImport(Libc, EntryPoint = "sigemptyset")]
    internal static partial int EmptySignals(byte* signals);

    [LibraryImport(Libc, EntryPoint = "sigaddset")]
    internal static partial int AddSignal(byte* signals, int signal);

    [LibraryImport(Libc, EntryPoint = "execv", SetLastError = true)]
    internal static partial int Execute(byte* path, byte** arguments);

    [LibraryImport(Libc, EntryPoint = "execvp", SetLastError = true)]
    internal static partial int ExecuteFromPath(byte* path, byte** arguments);

    [LibraryImport(Libc, EntryPoint = "setenv", SetLastError = true)]
    internal static partial int SetEnvironment(byte* name, byte* value, int overwrite);

    [LibraryImport(Libc, EntryPoint = "unsetenv", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int UnsetEnvironment(string name);

    [LibraryImport(Libc, EntryPoint = "getenv", StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial byte* GetEnvironment(string name);

    /// <summary><c>struct winsize</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TerminalSize
    {
        internal ushort Rows;
        internal ushort Columns;
        internal ushort PixelWidth;
        internal ushort PixelHeight;
    }

    /// <summary><c>struct pollfd</c></summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct PollEntry
    {
        internal int Descriptor;
        internal short Wanted;
        internal short Ready;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        internal long Seconds;
        internal long Nanoseconds;
    }

    /// <summary><c>struct flock</c> with 64-bit offsets.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct RangeLock
    {
        internal short Type;
        internal short Whence;
        internal long Start;
        internal long Length;
        internal int ProcessId;
    }
}
