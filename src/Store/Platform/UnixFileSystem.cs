using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace ToolchainStore.Platform;

/// <summary>Files of Linux and macOS by system calls. macOS is written with care and untested.</summary>
internal sealed unsafe class UnixFileSystem : IFileSystem
{
    private const int DirectoryMode = 0b111_111_111;

    public FileStatus? Status(string path) => StatusAt(path, UnixNative.NoFollowAt);

    public FileStatus? TargetStatus(string path) => StatusAt(path, 0);

    public IReadOnlyList<DirectoryEntry> List(string directory)
    {
        try
        {
            var entries = new List<DirectoryEntry>();
            foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", AllEntries))
            {
                entries.Add(new DirectoryEntry(entry.Name, KindOf(entry)));
            }
            return entries;
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            var error = refused is UnauthorizedAccessException
                ? FileSystemError.AccessDenied
                : FileSystemError.InputOutput;
            throw new FileSystemException(error, "list", directory, refused.Message);
        }
    }

    public string? ReadLink(string path)
    {
        const int Longest = 4096;
        var buffer = stackalloc byte[Longest];
        var length = UnixNative.ReadLink(path, buffer, Longest);
        return length < 0 ? null : Encoding.UTF8.GetString(buffer, (int)length);
    }

    public string? Canonicalize(string path)
    {
        var resolved = UnixNative.RealPath(path, 0);
        if (resolved == 0)
        {
            return null;
        }
        var text = Marshal.PtrToStringUTF8(resolved);
        UnixNative.Free(resolved);
        return text;
    }

    public bool CanWrite(string path) => UnixNative.Access(path, 2) == 0;

    public IFile OpenRead(string path) => Open(path, UnixNative.ReadOnly, 0, "open");

    public IFile? TryOpenRead(string path) => TryOpen(path, UnixNative.ReadOnly);

    public IFile? TryOpenReadWrite(string path) => TryOpen(path, UnixNative.ReadWrite);

    public IFile Create(string path, UnixFileMode mode) =>
        Open(path, UnixNative.ReadWrite | UnixNative.CreateFlag | UnixNative.ExclusiveFlag, (int)mode, "create");

    public void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var flags = UnixNative.WriteOnly | UnixNative.CreateFlag | UnixNative.ExclusiveFlag;
        using var file = Open(path, flags, (int)mode, "create");
        file.Write(content, 0);
    }

    public byte[] ReadAll(string path)
    {
        using var file = OpenRead(path);
        var content = new byte[file.Length];
        var filled = 0;
        while (filled < content.Length)
        {
            var count = file.Read(content.AsSpan(filled), filled);
            if (count == 0)
            {
                return content[..filled];
            }
            filled += count;
        }
        return content;
    }

    public void CreateDirectories(string path)
    {
        if (UnixNative.MakeDirectory(path, DirectoryMode) == 0)
        {
            return;
        }
        switch (UnixErrors.Classify(Marshal.GetLastPInvokeError()))
        {
            case FileSystemError.Exists when TargetStatus(path) is { Kind: FileKind.Directory }:
                return;
            case FileSystemError.NotFound when Path.GetDirectoryName(path) is { Length: > 0 } parent:
                CreateDirectories(parent);
                if (UnixNative.MakeDirectory(path, DirectoryMode) != 0
                    && TargetStatus(path) is not { Kind: FileKind.Directory })
                {
                    throw UnixErrors.Last("create directory", path);
                }
                return;
            default:
                // A parent that may not be written is no obstacle when the directory is there already.
                if (TargetStatus(path) is { Kind: FileKind.Directory })
                {
                    return;
                }
                UnixNative.MakeDirectory(path, DirectoryMode);
                throw UnixErrors.Last("create directory", path);
        }
    }

    public void CreateDirectory(string path) =>
        Check(UnixNative.MakeDirectory(path, DirectoryMode), "create directory", path);

    public void Rename(string from, string to) => Check(UnixNative.Rename(from, to), "rename", $"{from}' to '{to}");

    public void DeleteFile(string path) => Check(UnixNative.Unlink(path), "delete", path);

    public void DeleteEmptyDirectory(string path) => Check(UnixNative.RemoveDirectory(path), "delete directory", path);

    public void CreateSymbolicLink(string path, string target, bool isDirectory) =>
        Check(UnixNative.SymbolicLink(target, path), "link", path);

    public void CreateHardLink(string existing, string path) =>
        Check(UnixNative.HardLink(existing, path), "link", path);

    public void CloneFile(string existing, string path, UnixFileMode mode)
    {
        if (UnixNative.IsMac)
        {
            throw UnixErrors.From(45, "clone", path);
        }
        // FICLONE, _IOW(0x94, 9, int): Linux, file systems with shared extents only.
        const nuint ShareExtents = 0x40049409;
        using var source = Open(existing, UnixNative.ReadOnly, 0, "open");
        using (var copy = (UnixFile)Create(path, mode))
        {
            if (UnixNative.DeviceControl(copy.Descriptor, ShareExtents, source.Descriptor) == 0)
            {
                return;
            }
        }
        var refused = UnixErrors.Last("clone", path);
        UnixNative.Unlink(path);
        throw refused;
    }

    public void CopyFile(string existing, string path, UnixFileMode mode)
    {
        const int ChunkBytes = 1 << 17;
        using var source = OpenRead(existing);
        using var copy = Create(path, mode);
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        for (long offset = 0; ;)
        {
            var count = source.Read(buffer, offset);
            if (count == 0)
            {
                break;
            }
            copy.Write(buffer.AsSpan(0, count), offset);
            offset += count;
        }
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void SetMode(string path, UnixFileMode mode) =>
        Check(UnixNative.ChangeMode(path, (int)mode), "change the mode of", path);

    public void SetModified(string path, long nanoseconds)
    {
        var times = stackalloc UnixNative.TimeSpec[2];
        times[0] = new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
        times[1] = times[0];
        var here = UnixNative.IsMac ? -2 : UnixNative.CurrentDirectory;
        Check(UnixNative.SetTimes(here, path, times, 0), "set the time of", path);
    }

    public void SyncDirectory(string path)
    {
        using var directory = Open(path, UnixNative.ReadOnly | UnixNative.DirectoryFlag, 0, "open");
        directory.Sync();
    }

    public IVolume OpenVolume(string path) =>
        new UnixVolume(Open(path, UnixNative.ReadOnly | UnixNative.DirectoryFlag, 0, "open"));

    public VolumeDescription Describe(string path) => UnixMounts.Describe(path);

    public long AvailableBytes(string path) => UnixMounts.AvailableBytes(path);

    internal static FileStatus StatusOf(int descriptor, string path)
    {
        if (UnixNative.IsMac)
        {
            UnixNative.MacStat mac;
            Check(UnixNative.MacStatDescriptor(descriptor, &mac), "examine", path);
            return FromMac(mac);
        }
        const int EmptyPath = 0x1000;
        UnixNative.StatXBuffer status;
        Check(UnixNative.StatX(descriptor, "", EmptyPath, UnixNative.StatxBasic, &status), "examine", path);
        return FromStatX(status);
    }

    private static readonly EnumerationOptions AllEntries =
        new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    private static FileKind KindOf(FileSystemInfo entry)
    {
        if (entry.Attributes.HasFlag(FileAttributes.ReparsePoint))
        {
            return FileKind.SymbolicLink;
        }
        return entry is DirectoryInfo ? FileKind.Directory : FileKind.File;
    }

    private static FileStatus? StatusAt(string path, int flags)
    {
        int number;
        if (UnixNative.IsMac)
        {
            UnixNative.MacStat mac;
            if (UnixNative.MacStatAt(-2, path, &mac, flags) == 0)
            {
                return FromMac(mac);
            }
        }
        else
        {
            UnixNative.StatXBuffer status;
            if (UnixNative.StatX(UnixNative.CurrentDirectory, path, flags, UnixNative.StatxBasic, &status) == 0)
            {
                return FromStatX(status);
            }
        }
        number = Marshal.GetLastPInvokeError();
        return UnixErrors.Classify(number) is FileSystemError.NotFound or FileSystemError.NotADirectory
            ? null
            : throw UnixErrors.From(number, "examine", path);
    }

    private static FileStatus FromStatX(in UnixNative.StatXBuffer status) => new(
        KindOf(status.Mode),
        (UnixFileMode)(status.Mode & 0xfff),
        (long)status.Size,
        status.Modified.Seconds * 1_000_000_000 + status.Modified.Nanoseconds,
        status.Changed.Seconds * 1_000_000_000 + status.Changed.Nanoseconds,
        new FileIdentity(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Inode),
        status.Owner,
        status.Links,
        (long)status.Blocks * 512);

    private static FileStatus FromMac(in UnixNative.MacStat status) => new(
        KindOf(status.Mode),
        (UnixFileMode)(status.Mode & 0xfff),
        status.Size,
        status.Modified.Seconds * 1_000_000_000 + status.Modified.Nanoseconds,
        status.Changed.Seconds * 1_000_000_000 + status.Changed.Nanoseconds,
        new FileIdentity((ulong)status.Device, status.Inode),
        status.Owner,
        status.Links,
        status.Blocks * 512);

    private static FileKind KindOf(int mode) => (mode & 0xf000) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Directory,
        0xa000 => FileKind.SymbolicLink,
        _ => FileKind.Other,
    };

    private static UnixFile? TryOpen(string path, int flags)
    {
        var descriptor = OpenDescriptor(path, flags, 0);
        if (descriptor >= 0)
        {
            return new UnixFile(descriptor, path);
        }
        var number = Marshal.GetLastPInvokeError();
        return UnixErrors.Classify(number) is FileSystemError.NotFound or FileSystemError.NotADirectory
            ? null
            : throw UnixErrors.From(number, "open", path);
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
        // syncfs reports write errors since this descriptor was opened (Linux 5.8, syncfs(2)).
        public void Sync()
        {
            if (UnixNative.IsMac)
            {
                directory.Sync();
                return;
            }
            Check(UnixNative.SyncFileSystem(directory.Descriptor), "sync the file system of", directory.Path);
        }

        public void Dispose() => directory.Dispose();
    }
}
