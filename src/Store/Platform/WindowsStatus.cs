using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ToolchainStore.Platform;

/// <summary>Asks Windows what an entry is. Untested.</summary>
[SupportedOSPlatform("windows")]
internal static unsafe class WindowsStatus
{
    internal const uint SymbolicLinkTag = 0xA000000C;
    internal const uint JunctionTag = 0xA0000003;

    private const long UnixEpoch = 116_444_736_000_000_000;

    private const UnixFileMode AllWrite =
        UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private const UnixFileMode AllExecute =
        UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Null if there is nothing.</summary>
    internal static FileStatus? Find(string path, bool followLinks)
    {
        using var file = Open(path, WindowsNative.ReadAttributes, followLinks);
        if (!file.IsInvalid)
        {
            return Of(file, path);
        }
        var number = Marshal.GetLastPInvokeError();
        return WindowsErrors.IsNowhere(number) ? null : throw WindowsErrors.From(number, "examine", path);
    }

    /// <summary>Opens files and directories alike; nobody is kept from anything by it.</summary>
    internal static SafeFileHandle Open(string path, uint access, bool followLinks) => WindowsNative.CreateFile(
        WindowsPath.ForSystem(path),
        access,
        WindowsNative.ShareEverything,
        0,
        WindowsNative.OpenExisting,
        WindowsNative.BackupSemantics | (followLinks ? 0 : WindowsNative.DoNotFollowLinks),
        0);

    internal static FileIdentity IdentityOf(SafeFileHandle file, string path)
    {
        WindowsNative.FileId id;
        if (WindowsNative.Query(file, WindowsNative.IdInformation, &id, sizeof(WindowsNative.FileId)) != 0)
        {
            // The upper half is zero on NTFS; ReFS uses all of it.
            return new FileIdentity(id.VolumeSerial, id.Low ^ id.High);
        }
        // FAT and many file servers know the older question only.
        WindowsNative.ByHandleInformation old;
        Check(WindowsNative.QueryByHandle(file, &old), path);
        return new FileIdentity(old.VolumeSerial, ((ulong)old.IndexHigh << 32) | old.IndexLow);
    }

    /// <summary>What kind of link, zero if none.</summary>
    internal static uint TagOf(SafeFileHandle file)
    {
        WindowsNative.AttributeTag tag;
        var size = sizeof(WindowsNative.AttributeTag);
        return WindowsNative.Query(file, WindowsNative.AttributeTagInformation, &tag, size) != 0
            && (tag.Attributes & WindowsNative.ReparsePointAttribute) != 0
                ? tag.Tag
                : 0;
    }

    private static FileStatus Of(SafeFileHandle file, string path)
    {
        WindowsNative.Basic basic;
        WindowsNative.Standard standard;
        Check(WindowsNative.Query(file, WindowsNative.BasicInformation, &basic, sizeof(WindowsNative.Basic)), path);
        Check(
            WindowsNative.Query(file, WindowsNative.StandardInformation, &standard, sizeof(WindowsNative.Standard)),
            path);
        var kind = KindOf(file, basic.Attributes);
        return new FileStatus(
            kind,
            ModeOf(kind, basic.Attributes, path),
            standard.SizeBytes,
            (basic.Modified - UnixEpoch) * 100,
            (basic.Changed - UnixEpoch) * 100,
            IdentityOf(file, path),
            0,
            standard.Links,
            standard.AllocatedBytes);
    }

    /// <summary>Cloud files and the like are reparse points too, but no links.</summary>
    private static FileKind KindOf(SafeFileHandle file, uint attributes)
    {
        if ((attributes & WindowsNative.ReparsePointAttribute) != 0
            && TagOf(file) is SymbolicLinkTag or JunctionTag)
        {
            return FileKind.SymbolicLink;
        }
        return (attributes & WindowsNative.DirectoryAttribute) != 0 ? FileKind.Directory : FileKind.File;
    }

    /// <summary>Of the mode Windows keeps only whether one may write; the name says what is executable.</summary>
    private static UnixFileMode ModeOf(FileKind kind, uint attributes, string path)
    {
        var mode = FileSystemExtensions.ReadableByAll;
        if (kind != FileKind.File || (attributes & WindowsNative.ReadOnlyAttribute) == 0)
        {
            mode |= AllWrite;
        }
        return kind != FileKind.File || IsExecutable(path) ? mode | AllExecute : mode;
    }

    private static bool IsExecutable(string path) =>
        Path.GetExtension(path.AsSpan()) is var extension
        && (extension.Equals(".exe", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".com", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".bat", StringComparison.OrdinalIgnoreCase)
            || extension.Equals(".cmd", StringComparison.OrdinalIgnoreCase));

    private static void Check(int result, string path)
    {
        if (result == 0)
        {
            throw WindowsErrors.Last("examine", path);
        }
    }
}
