using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ToolchainStore.Platform;

/// <summary>What .NET does not offer of Windows. Zero means failure; layouts are those of winbase.h.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe partial class WindowsNative
{
    private const string Kernel = "kernel32.dll";

    internal const uint GenericRead = 0x80000000;
    internal const uint GenericWrite = 0x40000000;
    internal const uint Delete = 0x00010000;
    internal const uint WriteData = 0x2;
    internal const uint ReadAttributes = 0x80;
    internal const uint WriteAttributes = 0x100;

    internal const uint ShareEverything = 7;

    internal const uint CreateNew = 1;
    internal const uint OpenExisting = 3;

    internal const uint ReadOnlyAttribute = 0x1;
    internal const uint DirectoryAttribute = 0x10;
    internal const uint NormalAttribute = 0x80;
    internal const uint ReparsePointAttribute = 0x400;
    internal const uint NoAttributes = 0xFFFFFFFF;

    internal const uint WriteThrough = 0x80000000;
    internal const uint DeleteOnClose = 0x04000000;

    /// <summary>Without it directories cannot be opened.</summary>
    internal const uint BackupSemantics = 0x02000000;

    internal const uint DoNotFollowLinks = 0x00200000;

    internal const int BasicInformation = 0;
    internal const int StandardInformation = 1;
    internal const int DispositionInformation = 4;
    internal const int AttributeTagInformation = 9;
    internal const int IdInformation = 18;
    internal const int DispositionInformationEx = 21;
    internal const int RenameInformationEx = 22;

    internal const uint SetReparsePoint = 0x000900A4;
    internal const uint GetReparsePoint = 0x000900A8;

    [LibraryImport("user32.dll", EntryPoint = "SendMessageTimeoutW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial nint SendMessage(
        nint window, uint message, nuint parameter, string text, uint flags, uint timeoutMilliseconds, nuint* result);

    [LibraryImport(Kernel, EntryPoint = "CreateFileW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial SafeFileHandle CreateFile(
        string path, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport(Kernel, EntryPoint = "GetFileInformationByHandle", SetLastError = true)]
    internal static partial int QueryByHandle(SafeFileHandle file, ByHandleInformation* information);

    [LibraryImport(Kernel, EntryPoint = "GetFileInformationByHandleEx", SetLastError = true)]
    internal static partial int Query(SafeFileHandle file, int kind, void* information, int size);

    [LibraryImport(Kernel, EntryPoint = "SetFileInformationByHandle", SetLastError = true)]
    internal static partial int Change(SafeFileHandle file, int kind, void* information, int size);

    [LibraryImport(Kernel, EntryPoint = "GetFileAttributesW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial uint AttributesOf(string path);

    [LibraryImport(Kernel, EntryPoint = "SetFileAttributesW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int SetAttributes(string path, uint attributes);

    [LibraryImport(Kernel, EntryPoint = "MoveFileExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int Move(string from, string to, uint flags);

    [LibraryImport(Kernel, EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int HardLink(string path, string existing, nint security);

    /// <summary>A BOOLEAN: only the lowest byte counts.</summary>
    [LibraryImport(Kernel, EntryPoint = "CreateSymbolicLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial byte SymbolicLink(string path, string target, uint flags);

    [LibraryImport(Kernel, EntryPoint = "CreateDirectoryW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int MakeDirectory(string path, nint security);

    [LibraryImport(Kernel, EntryPoint = "RemoveDirectoryW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int RemoveDirectory(string path);

    [LibraryImport(Kernel, EntryPoint = "DeviceIoControl", SetLastError = true)]
    internal static partial int DeviceControl(
        SafeFileHandle file, uint code, byte* input, int inputSize, byte* output, int outputSize, int* written, nint overlapped);

    [LibraryImport(Kernel, EntryPoint = "GetFinalPathNameByHandleW", SetLastError = true)]
    internal static partial uint FinalPath(SafeFileHandle file, char* buffer, uint length, uint flags);

    [LibraryImport(Kernel, EntryPoint = "FlushFileBuffers", SetLastError = true)]
    internal static partial int Flush(SafeFileHandle file);

    [LibraryImport(Kernel, EntryPoint = "LockFileEx", SetLastError = true)]
    internal static partial int Lock(
        SafeFileHandle file, uint flags, uint reserved, uint lengthLow, uint lengthHigh, NativeOverlapped* where);

    [LibraryImport(Kernel, EntryPoint = "UnlockFileEx", SetLastError = true)]
    internal static partial int Unlock(
        SafeFileHandle file, uint reserved, uint lengthLow, uint lengthHigh, NativeOverlapped* where);

    [LibraryImport(Kernel, EntryPoint = "GetVolumePathNameW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int VolumeOf(string path, char* buffer, uint length);

    [LibraryImport(Kernel, EntryPoint = "GetDriveTypeW", StringMarshalling = StringMarshalling.Utf16)]
    internal static partial uint DriveType(string root);

    [LibraryImport(Kernel, EntryPoint = "GetVolumeInformationW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int DescribeVolume(
        string root, char* label, uint labelLength, uint* serial, uint* longestName, uint* flags, char* type, uint typeLength);

    [LibraryImport(Kernel, EntryPoint = "GetDiskFreeSpaceExW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int FreeSpace(string directory, ulong* availableToCaller, ulong* total, ulong* free);

    [LibraryImport(Kernel, EntryPoint = "CreateProcessW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    internal static partial int CreateProcess(
        string program,
        char* commandLine,
        nint processSecurity,
        nint threadSecurity,
        int inheritHandles,
        uint flags,
        nint environment,
        nint directory,
        StartupInformation* startup,
        ProcessInformation* process);

    [LibraryImport(Kernel, EntryPoint = "CloseHandle")]
    internal static partial int Close(nint handle);

    [StructLayout(LayoutKind.Sequential)]
    internal struct ByHandleInformation
    {
        internal uint Attributes;
        internal fixed uint Times[6];
        internal uint VolumeSerial;
        internal uint SizeHigh;
        internal uint SizeLow;
        internal uint Links;
        internal uint IndexHigh;
        internal uint IndexLow;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Basic
    {
        internal long Created;
        internal long Accessed;
        internal long Modified;
        internal long Changed;
        internal uint Attributes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Standard
    {
        internal long AllocatedBytes;
        internal long SizeBytes;
        internal uint Links;
        internal byte IsDeletePending;
        internal byte IsDirectory;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct AttributeTag
    {
        internal uint Attributes;
        internal uint Tag;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct FileId
    {
        internal ulong VolumeSerial;
        internal ulong Low;
        internal ulong High;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct StartupInformation
    {
        internal int Size;
        internal nint Reserved;
        internal nint Desktop;
        internal nint Title;
        internal fixed int Geometry[7];
        internal int Flags;
        internal short ShowWindow;
        internal short ReservedSize;
        internal nint ReservedBytes;
        internal nint StandardInput;
        internal nint StandardOutput;
        internal nint StandardError;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ProcessInformation
    {
        internal nint Process;
        internal nint Thread;
        internal int ProcessId;
        internal int ThreadId;
    }
}
