using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>What only Linux has.</summary>
internal static unsafe partial class LinuxNative
{
    private const string Libc = "libc";

    internal const int FindOpenFileLock = 36;
    internal const int SetOpenFileLock = 37;
    internal const int EmptyPath = 0x1000;

    /// <summary>Answers from what is cached where that will do: a server that is gone hangs whoever asks it.</summary>
    internal const int DoNotAskTheServer = 0x4000;

    internal const uint StatXInode = 0x100;
    internal const uint StatXSize = 0x200;
    internal const uint StatXBasic = 0x7ff;

    [LibraryImport(Libc, EntryPoint = "syncfs", SetLastError = true)]
    internal static partial int SyncFileSystem(int descriptor);

    /// <summary>In glibc since 2.28, in the kernel since 3.15.</summary>
    [LibraryImport(Libc, EntryPoint = "sync_file_range")]
    internal static partial int SyncRange(int descriptor, long offset, long count, uint flags);

    [LibraryImport(Libc, EntryPoint = "renameat2", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int RenameWithFlags(int fromDirectory, string from, int toDirectory, string to, uint flags);

    [LibraryImport(Libc, EntryPoint = "prctl")]
    internal static partial int ControlProcess(int option, nuint argument, nuint none, nuint neither, nuint nor);

    [LibraryImport(Libc, EntryPoint = "memfd_create", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int CreateMemoryFile(string name, uint flags);

    [LibraryImport(Libc, EntryPoint = "ioctl", SetLastError = true)]
    internal static partial int DeviceControl(int descriptor, nuint request, nint argument);

    [LibraryImport(Libc, EntryPoint = "statx", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int StatX(int directory, string path, int flags, uint mask, StatXBuffer* buffer);

    [LibraryImport(Libc, EntryPoint = "readdir", SetLastError = true)]
    internal static partial Entry* ReadDirectory(nint directory);

    /// <summary><c>struct dirent</c> of glibc and musl.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        internal ulong Inode;
        internal long Offset;
        internal ushort Length;
        internal byte Type;
        internal fixed byte Name[256];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct StatXTime
    {
        internal long Seconds;
        internal uint Nanoseconds;
        internal int Reserved;
    }

    /// <summary><c>struct statx</c>: the same on every architecture, unlike <c>struct stat</c>.</summary>
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
}
