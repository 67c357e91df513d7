using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>
/// The system calls of Linux and macOS that .NET does not offer, or offers with side effects: File.Open takes an
/// flock, sets close-on-exec and calls fstat. Constants are those of the kernels' headers.
/// </summary>
internal static unsafe partial class UnixNative
{
    private const string Libc = "libc";

    internal const int CurrentDirectory = -100;
    internal const int StatxBasic = 0x7ff;
    internal const int ReadOnly = 0;
    internal const int WriteOnly = 1;
    internal const int ReadWrite = 2;

    internal static readonly bool IsMac = OperatingSystem.IsMacOS();
    internal static readonly int CreateFlag = IsMac ? 0x200 : 0x40;
    internal static readonly int ExclusiveFlag = IsMac ? 0x800 : 0x80;
    internal static readonly int CloseOnExec = IsMac ? 0x1000000 : 0x80000;
    internal static readonly int DirectoryFlag = IsMac ? 0x100000 : IsArm ? 0x4000 : 0x10000;
    internal static readonly int NoFollow = IsMac ? 0x100 : IsArm ? 0x8000 : 0x20000;
    internal static readonly int NoFollowAt = IsMac ? 0x20 : 0x100;

    private static bool IsArm => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "close", SetLastError = true)]
    internal static partial int Close(int descriptor);

    [LibraryImport(Libc, EntryPoint = "pread", SetLastError = true)]
    internal static partial nint Read(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "pwrite", SetLastError = true)]
    internal static partial nint Write(int descriptor, byte* buffer, nint count, long offset);

    [LibraryImport(Libc, EntryPoint = "ftruncate", SetLastError = true)]
    internal static partial int Truncate(int descriptor, long length);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    internal static partial int Sync(int descriptor);

    [LibraryImport(Libc, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncFileSystem(int descriptor);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    internal static partial int Control(int descriptor, int command, nint argument);

    [LibraryImport(Libc, EntryPoint = "flock", SetLastError = true)]
    internal static partial int LockWhole(int descriptor, int operation);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int DeviceControl(int descriptor, nuint request, nint argument);

    [LibraryImport(Libc, EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Rename(string from, string to);

    [LibraryImport(Libc, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Unlink(string path);

    [LibraryImport(Libc, EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int RemoveDirectory(string path);

    [LibraryImport(Libc, EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MakeDirectory(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "symlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SymbolicLink(string target, string path);

    [LibraryImport(Libc, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint ReadLink(string path, byte* buffer, nint size);

    [LibraryImport(Libc, EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int HardLink(string existing, string path);

    [LibraryImport(Libc, EntryPoint = "chmod", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int ChangeMode(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Access(string path, int mode);

    [LibraryImport(Libc, EntryPoint = "utimensat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SetTimes(int directory, string path, TimeSpec* times, int flags);

    [LibraryImport(Libc, EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatX(int directory, string path, int flags, uint mask, StatXBuffer* buffer);

    [LibraryImport(Libc, EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int StatFileSystem(string path, byte* buffer);

    [LibraryImport(Libc, EntryPoint = "realpath", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint RealPath(string path, nint resolved);

    [LibraryImport(Libc, EntryPoint = "free")]
    internal static partial void Free(nint memory);

    [LibraryImport(Libc, EntryPoint = "fstat$INODE64", SetLastError = true)]
    internal static partial int MacStatDescriptor(int descriptor, MacStat* buffer);

    [LibraryImport(Libc, EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int MacStatAt(int directory, string path, MacStat* buffer, int flags);

    [LibraryImport(Libc, EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Spawn(
        int* processId, string path, nint fileActions, nint attributes, byte** arguments, byte** environment);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_init")]
    internal static partial int InitializeFileActions(nint actions);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_destroy")]
    internal static partial int DestroyFileActions(nint actions);

    [LibraryImport(Libc, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int AddOpenAction(nint actions, int descriptor, string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_init")]
    internal static partial int InitializeAttributes(nint attributes);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_destroy")]
    internal static partial int DestroyAttributes(nint attributes);

    [LibraryImport(Libc, EntryPoint = "posix_spawnattr_setflags")]
    internal static partial int SetAttributeFlags(nint attributes, short flags);

    [LibraryImport(Libc, EntryPoint = "execv", SetLastError = true)]
    internal static partial int Execute(byte* path, byte** arguments);

    [LibraryImport(Libc, EntryPoint = "execvp", SetLastError = true)]
    internal static partial int ExecuteFromPath(byte* path, byte** arguments);

    [LibraryImport(Libc, EntryPoint = "setenv", SetLastError = true)]
    internal static partial int SetEnvironment(byte* name, byte* value, int overwrite);

    [LibraryImport(Libc, EntryPoint = "unsetenv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int UnsetEnvironment(string name);

    [LibraryImport(Libc, EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial byte* GetEnvironment(string name);

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

    [StructLayout(LayoutKind.Sequential)]
    internal struct StatXTime
    {
        internal long Seconds;
        internal uint Nanoseconds;
        internal int Reserved;
    }

    /// <summary>Linux <c>struct statx</c>: the same on every architecture, unlike <c>struct stat</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct StatXBuffer
    {
        internal uint Mask;
        internal uint BlockSize;
        internal ulong Attributes;
        internal uint Links;
        internal uint Owner;
        internal uint Group;
        internal ushort Mode;
        internal ushort Spare0;
        internal ulong Inode;
        internal ulong Size;
        internal ulong Blocks;
        internal ulong AttributesMask;
        internal StatXTime Accessed;
        internal StatXTime Born;
        internal StatXTime Changed;
        internal StatXTime Modified;
        internal uint DeviceMajorOfNode;
        internal uint DeviceMinorOfNode;
        internal uint DeviceMajor;
        internal uint DeviceMinor;
        internal ulong MountId;
        internal fixed ulong Spare[13];
    }

    /// <summary>macOS <c>struct stat</c> with 64-bit inodes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct MacStat
    {
        internal int Device;
        internal ushort Mode;
        internal ushort Links;
        internal ulong Inode;
        internal uint Owner;
        internal uint Group;
        internal int DeviceOfNode;
        internal TimeSpec Accessed;
        internal TimeSpec Modified;
        internal TimeSpec Changed;
        internal TimeSpec Born;
        internal long Size;
        internal long Blocks;
        internal int BlockSize;
        internal uint Flags;
        internal uint Generation;
        internal int Spare;
        internal fixed long Spares[2];
    }
}
