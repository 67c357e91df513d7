using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Asks Unix what an entry is: statx on Linux, stat with 64-bit inodes on macOS.</summary>
internal static unsafe class UnixStatus
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Null if there is nothing.</summary>
    internal static FileStatus? Find(string path, bool followLinks)
    {
        var flags = followLinks ? 0 : UnixNative.NoFollowAt;
        if (UnixNative.IsMac)
        {
            MacNative.MacStat mac;
            if (MacNative.StatAt(UnixNative.CurrentDirectory, path, &mac, flags) == 0)
            {
                return From(mac);
            }
        }
        else
        {
            LinuxNative.StatXBuffer status;
            if (LinuxNative.StatX(UnixNative.CurrentDirectory, path, flags, LinuxNative.StatXBasic, &status) == 0)
            {
                return From(status);
            }
        }
        var number = Marshal.GetLastPInvokeError();
        return UnixErrors.IsNowhere(number) ? null : throw UnixErrors.From(number, "examine", path);
    }

    internal static long LengthOf(int descriptor, string path)
    {
        if (UnixNative.IsMac)
        {
            return OfMac(descriptor, path).Size;
        }
        // Nothing but the size: asking an NFS client for times would first write back what it still holds.
        return (long)Of(descriptor, path, LinuxNative.StatXSize).Size;
    }

    internal static FileIdentity IdentityOf(int descriptor, string path) => UnixNative.IsMac
        ? IdentityOf(OfMac(descriptor, path))
        : IdentityOf(Of(descriptor, path, LinuxNative.StatXInode));

    /// <summary>Which file a path of /proc leads to, as far as this machine knows; null if it may not be seen.</summary>
    internal static FileIdentity? TryFindKnownIdentity(string path)
    {
        LinuxNative.StatXBuffer status;
        var result = LinuxNative.StatX(
            UnixNative.CurrentDirectory, path, LinuxNative.DoNotAskTheServer, LinuxNative.StatXInode, &status);
        return result == 0 ? IdentityOf(status) : null;
    }

    internal static FileKind KindOf(int mode) => (mode & 0xf000) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.SymbolicLink,
        _ => FileKind.Other,
    };

    private static LinuxNative.StatXBuffer Of(int descriptor, string path, uint what)
    {
        LinuxNative.StatXBuffer status;
        return LinuxNative.StatX(descriptor, "", LinuxNative.EmptyPath, what, &status) == 0
            ? status
            : throw UnixErrors.Last("examine", path);
    }

    private static MacNative.MacStat OfMac(int descriptor, string path)
    {
        MacNative.MacStat status;
        return MacNative.StatDescriptor(descriptor, &status) == 0 ? status : throw UnixErrors.Last("examine", path);
    }

    private static FileIdentity IdentityOf(in LinuxNative.StatXBuffer status) =>
        new(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode);

    private static FileIdentity IdentityOf(in MacNative.MacStat status) => new((ulong)status.Device, status.Inode);

    private static FileStatus From(in LinuxNative.StatXBuffer status) => new(
        KindOf(status.Mode),
        (UnixFileMode)(status.Mode & 0xfff),
        (long)status.Size,
        status.Modified.Seconds * NanosecondsPerSecond + status.Modified.Nanoseconds,
        status.Changed.Seconds * NanosecondsPerSecond + status.Changed.Nanoseconds,
        IdentityOf(status),
        status.Owner,
        status.Links,
        (long)status.Blocks * 512)
    {
        AccessedNanoseconds = status.Accessed.Seconds * NanosecondsPerSecond + status.Accessed.Nanoseconds,
    };

    private static FileStatus From(in MacNative.MacStat status) => new(
        KindOf(status.Mode),
        (UnixFileMode)(status.Mode & 0xfff),
        status.Size,
        status.Modified.Seconds * NanosecondsPerSecond + status.Modified.Nanoseconds,
        status.Changed.Seconds * NanosecondsPerSecond + status.Changed.Nanoseconds,
        IdentityOf(status),
        status.Owner,
        status.Links,
        status.Blocks * 512)
    {
        AccessedNanoseconds = status.Accessed.Seconds * NanosecondsPerSecond + status.Accessed.Nanoseconds,
    };
}
