using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>Files of Linux and macOS by system calls. macOS is written with care and untested.</summary>
internal sealed unsafe class UnixFileSystem : IFileSystem
{
    private const int DirectoryMode = 0b111_111_111;
    private const UnixFileMode GroupBits = (UnixFileMode)0b111_000;
    private const UnixFileMode OtherBits = (UnixFileMode)0b111;

    public FileStatus? Status(string path) => UnixStatus.Find(path, followLinks: false);

    public FileStatus? TargetStatus(string path) => UnixStatus.Find(path, followLinks: true);

    public IReadOnlyList<DirectoryEntry> List(string directory) => UnixDirectory.List(directory);

    public string? ReadLink(string path)
    {
        // A target is never longer than a path may be; one that fills the buffer may have been cut.
        const int Longest = 4096;
        var buffer = stackalloc byte[Longest];
        var length = UnixNative.ReadLink(path, buffer, Longest);
        if (length is >= 0 and < Longest)
        {
            return UnixPath.Decode(new ReadOnlySpan<byte>(buffer, (int)length));
        }
        var number = length < 0 ? Marshal.GetLastPInvokeError() : UnixErrors.InputOutput;
        return UnixErrors.IsNowhere(number) || number == UnixErrors.Invalid
            ? null
            : throw UnixErrors.From(number, "read the link", path);
    }

    public string? Canonicalize(string path)
    {
        // macOS allocates the answer only under another name of realpath; its own buffer suits all of them.
        const int LongestOnMac = 1024;
        var buffer = stackalloc byte[LongestOnMac];
        var resolved = UnixNative.RealPath(path, UnixNative.IsMac ? buffer : null);
        if (resolved == null)
        {
            return null;
        }
        var text = UnixPath.Decode(resolved);
        if (resolved != buffer)
        {
            UnixNative.Free(resolved);
        }
        return text;
    }

    public bool CanWrite(string path) => UnixNative.Access(path, 2) == 0;

    public IFile OpenRead(string path) => Open(path, UnixNative.ReadOnly, 0, "open");

    public IFile? TryOpenRead(string path) => TryOpen(path, UnixNative.ReadOnly);

    public IFile? TryOpenReadWrite(string path) => TryOpen(path, UnixNative.ReadWrite);

    public IFile Create(string path, UnixFileMode mode) =>
        Open(path, NewFile, (int)mode, "create");

    public void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var file = Open(path, NewFile, (int)mode, "create");
        file.Write(content, 0);
    }

    public byte[] ReadAll(string path)
    {
        using var file = OpenRead(path);
        return FileContents.ReadWhole(file);
    }

    public void CreateDirectories(string path)
    {
        var number = TryMakeDirectory(path);
        if (number == UnixErrors.NotFound && Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            CreateDirectories(parent);
            number = TryMakeDirectory(path);
        }
        // Besides "exists", a parent that may not be written is no obstacle when the directory is there already.
        if (number != 0 && TargetStatus(path) is not { Kind: FileKind.Directory })
        {
            throw UnixErrors.From(number, "create directory", path);
        }
    }

    public void CreateDirectory(string path) =>
        Check(UnixNative.MakeDirectory(path, DirectoryMode), "create directory", path);

    public void Rename(string from, string to)
    {
        if (UnixNative.Rename(from, to) == 0)
        {
            return;
        }
        var number = Marshal.GetLastPInvokeError();
        var refused = UnixErrors.From(number, $"rename '{from}' to", to);
        // XFS says "exists" of a directory that is not empty; nothing else does (rename(2)).
        throw refused.Error == FileSystemError.Exists
            ? new FileSystemException(FileSystemError.NotEmpty, $"rename '{from}' to", to, "the directory is not empty")
            : refused;
    }

    public bool TryExchange(string path, string other)
    {
        if (UnixNative.Exchange(path, other) == 0)
        {
            return true;
        }
        var refused = UnixErrors.Last($"exchange '{path}' and", other);
        // Of two names in one directory an overlay says that they are on two devices: one is a directory of a lower layer.
        return refused.Error is FileSystemError.NotSupported or FileSystemError.CrossesDevices ? false : throw refused;
    }

    public void DeleteFile(string path) => Check(UnixNative.Unlink(path), "delete", path);

    public void DeleteEmptyDirectory(string path) => Check(UnixNative.RemoveDirectory(path), "delete directory", path);

    public void CreateSymbolicLink(string path, string target, bool isDirectory)
    {
        if (UnixNative.SymbolicLink(target, path) == 0)
        {
            return;
        }
        var number = Marshal.GetLastPInvokeError();
        // What symlink(2) means by it; whoever may not write a directory is told something else.
        throw number == UnixErrors.NotPermitted
            ? new FileSystemException(
                FileSystemError.NotSupported, "link", path, "this file system cannot hold symbolic links"
                    + "\nhelp: set RUSTUP_HOME to a directory on another file system")
            : UnixErrors.From(number, "link", path);
    }

    public void CreateHardLink(string existing, string path) =>
        Check(UnixNative.HardLink(existing, path), "link", path);

    public void CloneFile(string existing, string path, UnixFileMode mode)
    {
        if (UnixNative.IsMac)
        {
            // The clone comes with the mode of the original.
            Check(MacNative.CloneFile(existing, path, 0), "clone", path);
            SetMode(path, mode);
            return;
        }
        // FICLONE, _IOW(0x94, 9, int): Linux, file systems with shared extents only.
        const nuint ShareExtents = 0x40049409;
        using var source = Open(existing, UnixNative.ReadOnly, 0, "open");
        using var copy = Open(path, NewFile, (int)mode, "create");
        if (LinuxNative.DeviceControl(copy.Descriptor, ShareExtents, source.Descriptor) != 0)
        {
            var number = Marshal.GetLastPInvokeError();
            UnixNative.Unlink(path);
            throw UnixErrors.From(number, "clone", path);
        }
    }

    public void CopyFile(string existing, string path, UnixFileMode mode)
    {
        using var source = OpenRead(existing);
        using var copy = Create(path, mode);
        FileContents.Copy(source, copy);
    }

    public void SetMode(string path, UnixFileMode mode) =>
        Check(UnixNative.ChangeMode(path, (int)mode), "change the mode of", path);

    public IDisposable ShareLike(string directory)
    {
        var mode = TargetStatus(directory)?.Mode ?? UnixFileMode.None;
        var granted = UnixFileMode.None;
        if (!mode.HasFlag(UnixFileMode.StickyBit))
        {
            granted |= mode.HasFlag(UnixFileMode.GroupWrite) ? mode & GroupBits : 0;
            granted |= mode.HasFlag(UnixFileMode.OtherWrite) ? mode & OtherBits : 0;
        }
        return UnixCreationMask.Grant(granted);
    }

    public void SetModified(string path, long nanoseconds)
    {
        var (seconds, rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        var time = rest < 0
            ? new UnixNative.TimeSpec { Seconds = seconds - 1, Nanoseconds = rest + 1_000_000_000 }
            : new UnixNative.TimeSpec { Seconds = seconds, Nanoseconds = rest };
        var times = stackalloc UnixNative.TimeSpec[2] { time, time };
        Check(UnixNative.SetTimes(UnixNative.CurrentDirectory, path, times, 0), "set the time of", path);
    }

    public void SyncDirectory(string path)
    {
        using var directory = Open(path, UnixNative.ReadOnly | UnixNative.DirectoryFlag, 0, "open");
        directory.Sync();
    }

    public void Refresh(string directory)
    {
        var descriptor = OpenDescriptor(directory, UnixNative.ReadOnly | UnixNative.DirectoryFlag, 0);
        if (descriptor >= 0)
        {
            UnixNative.Close(descriptor);
        }
    }

    public IVolume OpenVolume(string path) =>
        new UnixVolume(Open(path, UnixNative.ReadOnly | UnixNative.DirectoryFlag, 0, "open"));

    public VolumeDescription Describe(string path) => UnixMounts.Describe(path);

    public MountDescription? FindMount(string path) => UnixMounts.FindMount(Canonicalize(path) ?? path);

    public long AvailableBytes(string path) => UnixMounts.AvailableBytes(path);

    private static int NewFile => UnixNative.ReadWrite | UnixNative.CreateFlag | UnixNative.ExclusiveFlag;

    /// <summary>The error's number, zero if the directory was made.</summary>
    private static int TryMakeDirectory(string path) =>
        UnixNative.MakeDirectory(path, DirectoryMode) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private static UnixFile? TryOpen(string path, int flags)
    {
        var descriptor = OpenDescriptor(path, flags, 0);
        if (descriptor >= 0)
        {
            return new UnixFile(descriptor, path);
        }
        var number = Marshal.GetLastPInvokeError();
        return UnixErrors.IsNowhere(number) ? null : throw UnixErrors.From(number, "open", path);
    }

    private static UnixFile Open(string path, int flags, int mode, string operation)
    {
        var descriptor = OpenDescriptor(path, flags, mode);
        return descriptor >= 0 ? new UnixFile(descriptor, path) : throw UnixErrors.Last(operation, path);
    }

    private static int OpenDescriptor(string path, int flags, int mode)
    {
        while (true)
        {
            var descriptor = UnixNative.Open(path, flags | UnixNative.CloseOnExec, mode);
            if (descriptor >= 0 || Marshal.GetLastPInvokeError() != UnixErrors.Interrupted)
            {
                return descriptor;
            }
        }
    }

    private static void Check(int result, string operation, string path)
    {
        if (result != 0)
        {
            throw UnixErrors.Last(operation, path);
        }
    }

    private sealed class UnixVolume(UnixFile directory) : IVolume
    {
        // syncfs reports write errors since this descriptor was opened (Linux 5.8, syncfs(2)). macOS writes the
        // volume back, waits, and has the drive empty its cache (sync_volume_np in its unistd.h).
        public void Sync()
        {
            var result = UnixNative.IsMac
                ? MacNative.SyncVolume(directory.Descriptor, MacNative.WholeVolumeToThePlatter)
                : LinuxNative.SyncFileSystem(directory.Descriptor);
            Check(result, "sync the file system of", directory.Path);
        }

        public void Dispose() => directory.Dispose();
    }
}
