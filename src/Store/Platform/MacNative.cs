using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>What only macOS has, or has under another name or calling convention. Untested.</summary>
/// <remarks>
/// Apple's arm64 passes the variadic arguments of <c>open</c>, <c>fcntl</c> and <c>ioctl</c> on the stack, each in eight bytes.
/// P/Invoke knows fixed arguments only, so the registers x2 to x7 are filled first: the ninth argument is then where
/// the callee looks. See https://github.com/dotnet/runtime/issues/48796. The x64 ABI has them in registers, but
/// keeps 64-bit inodes under names of their own.
/// </remarks>
internal static unsafe partial class MacNative
{
    private const string Library = "/usr/lib/libSystem.B.dylib";

    internal const int FullSync = 51;
    internal const int WholeVolumeToThePlatter = 0x1 | 0x2;

    internal static bool HasVariadicOnStack =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    internal static bool HasInode64Symbols =>
        OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    internal static int Open(string path, int flags, int mode) => OpenOnStack(path, flags, 0, 0, 0, 0, 0, 0, mode);

    internal static int Control(int descriptor, int command, nint argument) =>
        ControlOnStack(descriptor, command, 0, 0, 0, 0, 0, 0, argument);

    internal static int DeviceControl(int descriptor, nint request, nint argument) => HasVariadicOnStack
        ? DeviceControlOnStack(descriptor, request, 0, 0, 0, 0, 0, 0, argument)
        : DeviceControlInRegisters(descriptor, request, argument);

    internal static int StatDescriptor(int descriptor, MacStat* buffer) => HasInode64Symbols
        ? StatDescriptorInode64(descriptor, buffer)
        : StatDescriptorPlain(descriptor, buffer);

    internal static int StatAt(int directory, string path, MacStat* buffer, int flags) => HasInode64Symbols
        ? StatAtInode64(directory, path, buffer, flags)
        : StatAtPlain(directory, path, buffer, flags);

    internal static nint OpenDirectory(string path) => HasInode64Symbols
        ? OpenDirectoryInode64(path)
        : UnixNative.OpenDirectory(path);

    internal static Entry* ReadDirectory(nint directory) => HasInode64Symbols
        ? ReadDirectoryInode64(directory)
        : ReadDirectoryPlain(directory);

    [LibraryImport(Library, EntryPoint = "renamex_np", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int RenameWithFlags(string from, string to, uint flags);

    [LibraryImport(Library, EntryPoint = "clonefile", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int CloneFile(string existing, string path, uint flags);

    [LibraryImport(Library, EntryPoint = "fsync_volume_np", SetLastError = true)]
    internal static partial int SyncVolume(int descriptor, int flags);

    [LibraryImport(Library, EntryPoint = "statfs$INODE64", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    internal static partial int StatFileSystemInode64(string path, byte* buffer);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial int OpenOnStack(
        string path, nint flags, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint mode);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlOnStack(
        nint descriptor, nint command, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int DeviceControlOnStack(
        nint descriptor, nint request, nint x2, nint x3, nint x4, nint x5, nint x6, nint x7, nint argument);

    [LibraryImport(Library, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int DeviceControlInRegisters(int descriptor, nint request, nint argument);

    [LibraryImport(Library, EntryPoint = "fstat", SetLastError = true)]
    private static partial int StatDescriptorPlain(int descriptor, MacStat* buffer);

    [LibraryImport(Library, EntryPoint = "fstat$INODE64", SetLastError = true)]
    private static partial int StatDescriptorInode64(int descriptor, MacStat* buffer);

    [LibraryImport(Library, EntryPoint = "fstatat", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial int StatAtPlain(int directory, string path, MacStat* buffer, int flags);

    [LibraryImport(Library, EntryPoint = "fstatat$INODE64", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial int StatAtInode64(int directory, string path, MacStat* buffer, int flags);

    [LibraryImport(Library, EntryPoint = "opendir$INODE64", SetLastError = true, StringMarshallingCustomType = typeof(UnixPath))]
    private static partial nint OpenDirectoryInode64(string path);

    [LibraryImport(Library, EntryPoint = "readdir", SetLastError = true)]
    private static partial Entry* ReadDirectoryPlain(nint directory);

    [LibraryImport(Library, EntryPoint = "readdir$INODE64", SetLastError = true)]
    private static partial Entry* ReadDirectoryInode64(nint directory);

    /// <summary><c>struct dirent</c> with 64-bit inodes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Entry
    {
        internal ulong Inode;
        internal ulong SeekOffset;
        internal ushort Length;
        internal ushort NameLength;
        internal byte Type;
        internal fixed byte Name[1024];
    }

    /// <summary><c>struct stat</c> with 64-bit inodes.</summary>
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
        internal UnixNative.TimeSpec Accessed;
        internal UnixNative.TimeSpec Modified;
        internal UnixNative.TimeSpec Changed;
        internal UnixNative.TimeSpec Born;
        internal long Size;
        internal long Blocks;
        internal int BlockSize;
        internal uint Flags;
        internal uint Generation;
        internal int Spare;
        internal fixed long Spares[2];
    }
}
