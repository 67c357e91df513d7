using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace ToolchainStore.Platform;

/// <summary>Files of Windows by system calls. Written with care and untested: it has only been compiled.</summary>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsFileSystem : IFileSystem
{
    private static readonly EnumerationOptions AllEntries =
        new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false };

    public FileStatus? Status(string path) => WindowsStatus.Find(path, followLinks: false);

    public FileStatus? TargetStatus(string path) => WindowsStatus.Find(path, followLinks: true);

    public IReadOnlyList<DirectoryEntry> List(string directory)
    {
        try
        {
            return [.. new FileSystemEnumerable<DirectoryEntry>(directory, ToEntry, AllEntries)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw WindowsErrors.From(refused, "list", directory);
        }
    }

    public string? ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return WindowsErrors.IsNowhere(WindowsErrors.NumberOf(refused))
                ? null
                : throw WindowsErrors.From(refused, "read the link", path);
        }
    }

    public string? Canonicalize(string path)
    {
        using var file = WindowsStatus.Open(path, 0, followLinks: true);
        if (file.IsInvalid)
        {
            return null;
        }
        for (var length = 512u; ;)
        {
            var buffer = new char[length];
            fixed (char* start = buffer)
            {
                // Without the final null if it fits, with it if it does not.
                var needed = WindowsNative.FinalPath(file, start, length, 0);
                if (needed < length)
                {
                    return needed == 0 ? null : WindowsPath.ForPeople(new string(start, 0, (int)needed));
                }
                length = needed;
            }
        }
    }

    public bool CanWrite(string path)
    {
        // The right to write into a file is, of a directory, the right to add files.
        using var file = WindowsStatus.Open(path, WindowsNative.WriteData, followLinks: true);
        return !file.IsInvalid;
    }

    public IFile OpenRead(string path) => TryOpen(path, WindowsNative.GenericRead, out var number)
        ?? throw Explain(number, "open", path);

    public IFile? TryOpenRead(string path) => TryOpenExisting(path, WindowsNative.GenericRead);

    public IFile? TryOpenReadWrite(string path) =>
        TryOpenExisting(path, WindowsNative.GenericRead | WindowsNative.GenericWrite);

    /// <summary>Written through: see <see cref="WindowsVolume"/> for what makes files durable.</summary>
    public IFile Create(string path, UnixFileMode mode)
    {
        var attributes = IsWritable(mode) ? WindowsNative.NormalAttribute : WindowsNative.ReadOnlyAttribute;
        var handle = WindowsNative.CreateFile(
            WindowsPath.ForSystem(path),
            WindowsNative.GenericRead | WindowsNative.GenericWrite,
            WindowsNative.ShareEverything,
            0,
            WindowsNative.CreateNew,
            attributes | WindowsNative.WriteThrough,
            0);
        return handle.IsInvalid ? throw WindowsErrors.Last("create", path) : new WindowsFile(handle, path);
    }

    public void WriteNew(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        using var file = Create(path, mode);
        file.Write(content, 0);
    }

    public byte[] ReadAll(string path)
    {
        using var file = OpenRead(path);
        return FileContents.ReadWhole(file);
    }

    public void CreateDirectories(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw WindowsErrors.From(refused, "create directory", path);
        }
    }

    public void CreateDirectory(string path) =>
        Check(WindowsNative.MakeDirectory(WindowsPath.ForSystem(path), 0), "create directory", path);

    public void Rename(string from, string to) => WindowsMoves.Rename(from, to);

    /// <summary>There is no such call: the caller renames twice.</summary>
    public bool TryExchange(string path, string other) => false;

    public void DeleteFile(string path)
    {
        if (IsPlainDirectory(path))
        {
            throw new FileSystemException(FileSystemError.IsADirectory, "delete", path, "it is a directory");
        }
        WindowsMoves.Delete(path, "delete");
    }

    public void DeleteEmptyDirectory(string path)
    {
        if (!IsPlainDirectory(path) && Status(path) is not null)
        {
            throw new FileSystemException(FileSystemError.NotADirectory, "delete directory", path, "it is no directory");
        }
        WindowsMoves.Delete(path, "delete directory");
    }

    public void CreateSymbolicLink(string path, string target, bool isDirectory) =>
        WindowsLinks.Create(path, target, isDirectory);

    public void CreateHardLink(string existing, string path) => Check(
        WindowsNative.HardLink(WindowsPath.ForSystem(path), WindowsPath.ForSystem(existing), 0), "link", path);

    /// <summary>Not here: of the file systems of Windows only ReFS shares blocks.</summary>
    public void CloneFile(string existing, string path, UnixFileMode mode) =>
        throw WindowsErrors.From(WindowsErrors.NotSupported, "clone", path);

    public void CopyFile(string existing, string path, UnixFileMode mode)
    {
        using var source = OpenRead(existing);
        using var copy = Create(path, mode);
        FileContents.Copy(source, copy);
    }

    /// <summary>Of the mode only the right to write is kept; of directories nothing.</summary>
    /// <summary>Access lists are inherited from the directory.</summary>
    public IDisposable ShareLike(string directory) => new Nothing();

    public void SetMode(string path, UnixFileMode mode)
    {
        var systemPath = WindowsPath.ForSystem(path);
        var attributes = WindowsNative.AttributesOf(systemPath);
        if (attributes == WindowsNative.NoAttributes)
        {
            throw WindowsErrors.Last("change the mode of", path);
        }
        if ((attributes & WindowsNative.DirectoryAttribute) != 0)
        {
            return;
        }
        var changed = IsWritable(mode)
            ? attributes & ~WindowsNative.ReadOnlyAttribute
            : attributes | WindowsNative.ReadOnlyAttribute;
        // No attribute at all is written as "normal"; zero would change nothing.
        var result = WindowsNative.SetAttributes(systemPath, changed == 0 ? WindowsNative.NormalAttribute : changed);
        Check(result, "change the mode of", path);
    }

    public void SetModified(string path, long nanoseconds)
    {
        const long UnixEpoch = 116_444_736_000_000_000;
        using var file = WindowsStatus.Open(path, WindowsNative.WriteAttributes, followLinks: true);
        if (file.IsInvalid)
        {
            throw WindowsErrors.Last("set the time of", path);
        }
        // Zeros leave the other times and the attributes as they are.
        var times = new WindowsNative.Basic { Modified = UnixEpoch + (long)Math.Floor(nanoseconds / 100m) };
        Check(
            WindowsNative.Change(file, WindowsNative.BasicInformation, &times, sizeof(WindowsNative.Basic)),
            "set the time of",
            path);
    }

    /// <summary>
    /// Nothing to do: NTFS keeps names in its log, in order; renames are written through, and whatever is flushed
    /// next (at the latest the journal's commit) takes the log before it along.
    /// </summary>
    public void SyncDirectory(string path)
    {
        if (Status(path) is null)
        {
            throw WindowsErrors.From(WindowsErrors.PathNotFound, "open", path);
        }
    }

    // The redirector's cache of names that are not there lives for five seconds and cannot be asked to end sooner.
    public void Refresh(string directory)
    {
    }

    public IVolume OpenVolume(string path) => TargetStatus(path) switch
    {
        { Kind: FileKind.Directory } => new WindowsVolume(path),
        null => throw WindowsErrors.From(WindowsErrors.PathNotFound, "open", path),
        _ => throw new FileSystemException(FileSystemError.NotADirectory, "open", path, "it is no directory"),
    };

    public VolumeDescription Describe(string path) => WindowsVolume.Describe(path);

    public MountDescription? FindMount(string path) => null;

    public long AvailableBytes(string path) => WindowsVolume.AvailableBytes(path);

    private static bool IsWritable(UnixFileMode mode) => (mode & UnixFileMode.UserWrite) != 0;

    private static DirectoryEntry ToEntry(ref FileSystemEntry entry) =>
        new(entry.FileName.ToString(), KindOf(ref entry));

    private static FileKind KindOf(ref FileSystemEntry entry)
    {
        // Which kind of reparse point only the entry itself tells; links are few.
        if ((entry.Attributes & FileAttributes.ReparsePoint) != 0
            && WindowsStatus.Find(entry.ToFullPath(), followLinks: false) is { } status)
        {
            return status.Kind;
        }
        return entry.IsDirectory ? FileKind.Directory : FileKind.File;
    }

    private static bool IsPlainDirectory(string path) =>
        WindowsStatus.Find(path, followLinks: false) is { Kind: FileKind.Directory };

    private static WindowsFile? TryOpenExisting(string path, uint access)
    {
        var file = TryOpen(path, access, out var number);
        return file is not null || WindowsErrors.IsNowhere(number) ? file : throw Explain(number, "open", path);
    }

    private static WindowsFile? TryOpen(string path, uint access, out int number)
    {
        var handle = WindowsNative.CreateFile(
            WindowsPath.ForSystem(path),
            access,
            WindowsNative.ShareEverything,
            0,
            WindowsNative.OpenExisting,
            WindowsNative.NormalAttribute,
            0);
        number = handle.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
        return handle.IsInvalid ? null : new WindowsFile(handle, path);
    }

    /// <summary>Opening a directory as a file is "access denied" to Windows.</summary>
    private static FileSystemException Explain(int number, string operation, string path) =>
        number == WindowsErrors.AccessDenied && IsPlainDirectory(path)
            ? new FileSystemException(FileSystemError.IsADirectory, operation, path, "it is a directory")
            : WindowsErrors.From(number, operation, path);

    private static void Check(int result, string operation, string path)
    {
        if (result == 0)
        {
            throw WindowsErrors.Last(operation, path);
        }
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
