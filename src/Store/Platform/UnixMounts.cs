namespace ToolchainStore.Platform;

/// <summary>What is mounted where. Numbers are the magic values of statfs(2).</summary>
internal static unsafe class UnixMounts
{
    private const string MountTable = "/proc/self/mountinfo";

    internal static VolumeDescription Describe(string path)
    {
        if (UnixNative.IsMac)
        {
            return DescribeMac(path);
        }
        var buffer = stackalloc byte[256];
        if (UnixNative.StatFileSystem(path, buffer) != 0)
        {
            throw UnixErrors.Last("examine the file system of", path);
        }
        // struct statfs, 64-bit Linux: f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_fsid, f_namelen, f_frsize, f_flags.
        var type = ((long*)buffer)[0] & 0xFFFFFFFF;
        const long ReadOnlyFlag = 1, NoAccessTimesFlag = 1024;
        var flags = ((long*)buffer)[10];
        var isReadOnly = (flags & ReadOnlyFlag) != 0;
        return LocalName(type) is { } local
            ? new VolumeDescription(VolumeKind.Local, local, isReadOnly)
            {
                NotesReads = !isReadOnly && (flags & NoAccessTimesFlag) == 0 && local != "overlay",
            }
            : new VolumeDescription(VolumeKind.Network, NetworkName(type) ?? $"unknown (0x{type:x})", isReadOnly);
    }

    /// <summary>What the mount table says of the file system that a path is on; null where there is no such table.</summary>
    internal static MountDescription? FindMount(string path)
    {
        if (UnixNative.IsMac || UnixStatus.Find(MountTable, followLinks: true) is null)
        {
            return null;
        }
        using var table = new UnixFileSystem().OpenRead(MountTable);
        return MountDescription.Find(System.Text.Encoding.UTF8.GetString(FileContents.ReadUnmeasured(table)), path);
    }

    internal static long AvailableBytes(string path)
    {
        var buffer = stackalloc byte[UnixNative.IsMac ? 2200 : 256];
        if (UnixNative.StatFileSystem(path, buffer) != 0)
        {
            throw UnixErrors.Last("examine the file system of", path);
        }
        if (UnixNative.IsMac)
        {
            return ((uint*)buffer)[0] * ((long*)buffer)[3];
        }
        // Blocks are counted in fragments; only FUSE says another size for the two, and very old kernels none.
        var words = (long*)buffer;
        var fragmentBytes = words[9] != 0 ? words[9] : words[1];
        return fragmentBytes * words[4];
    }

    private static VolumeDescription DescribeMac(string path)
    {
        const int LocalFlag = 0x1000;
        const int ReadOnlyFlag = 0x1;
        var buffer = stackalloc byte[2200];
        if (UnixNative.StatFileSystem(path, buffer) != 0)
        {
            throw UnixErrors.Last("examine the file system of", path);
        }
        // struct statfs with 64-bit inodes: f_flags is the 17th 32-bit word, f_fstypename starts at byte 72.
        var flags = ((uint*)buffer)[16];
        var name = System.Runtime.InteropServices.Marshal.PtrToStringUTF8((nint)(buffer + 72)) ?? "unknown";
        var kind = (flags & LocalFlag) != 0 ? VolumeKind.Local : VolumeKind.Network;
        return new VolumeDescription(kind, name, (flags & ReadOnlyFlag) != 0);
    }

    // Measured: a journal in WAL mode that two network clients write loses commits, so what is unknown counts as network.
    // No tables: each static field of a type costs each start of a proxy.
    private static string? LocalName(long type) => type switch
    {
        0xEF53 => "ext4",
        0x58465342 => "xfs",
        0x9123683E => "btrfs",
        0x01021994 => "tmpfs",
        0x858458F6 => "ramfs",
        0x794C7630 => "overlay",
        0x2FC12FC1 => "zfs",
        0xF2F52010 => "f2fs",
        0xCA451A4E => "bcachefs",
        0x73717368 => "squashfs",
        0xE0F5E1E2 => "erofs",
        0x52654973 => "reiserfs",
        0x3153464A => "jfs",
        0x4D44 => "vfat",
        0x2011BAB0 => "exfat",
        0x5346544E => "ntfs",
        0xC0FFEE => "hostfs",
        _ => null,
    };

    private static string? NetworkName(long type) => type switch
    {
        0x6969 => "nfs",
        0x517B => "smb",
        0xFF534D42 => "cifs",
        0xFE534D42 => "smb2",
        0x5346414F or 0x6B414653 => "afs",
        0x00C36400 => "ceph",
        0x01021997 => "9p",
        0x65735546 => "fuse",
        0x01161970 => "gfs2",
        0x7461636F => "ocfs2",
        0x0BD00BD0 => "lustre",
        0x47504653 => "gpfs",
        0x19830326 => "beegfs",
        _ => null,
    };
}
