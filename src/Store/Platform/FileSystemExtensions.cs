using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace ToolchainStore.Platform;

/// <summary>What can be said in terms of the file operations.</summary>
public static class FileSystemExtensions
{
    public const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public const UnixFileMode OrdinaryFile = ReadableByAll | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public const UnixFileMode SealedFile = ReadableByAll;

    public const UnixFileMode SealedExecutable =
        ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private const string TemporarySuffix = ".tmp";

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static bool Exists(this IFileSystem files, string path) => files.Status(path) is not null;

    public static bool IsDirectory(this IFileSystem files, string path) =>
        files.TargetStatus(path) is { Kind: FileKind.Directory };

    public static bool IsFile(this IFileSystem files, string path) =>
        files.TargetStatus(path) is { Kind: FileKind.File };

    /// <summary>The executables of a name, in the order of PATH.</summary>
    public static IEnumerable<string> FindOnPath(this IFileSystem files, string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(directory => Path.Combine(directory, program))
            .Where(candidate => files.TargetStatus(candidate) is { Kind: FileKind.File } status
                && status.Mode.HasFlag(UnixFileMode.UserExecute));

    public static string ReadText(this IFileSystem files, string path) =>
        Encoding.UTF8.GetString(files.ReadAll(path));

    /// <summary>Null if there is no such file, or it may not be read.</summary>
    public static string? TryReadText(this IFileSystem files, string path) =>
        files.TryReadAll(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>As <see cref="TryReadText"/>; null also if the file is no text.</summary>
    public static string? TryReadUtf8(this IFileSystem files, string path) =>
        files.TryReadAll(path) is { } bytes && Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;

    private static byte[]? TryReadAll(this IFileSystem files, string path)
    {
        try
        {
            return files.TargetStatus(path) is { Kind: FileKind.File } ? files.ReadAll(path) : null;
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.NotFound or FileSystemError.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>Replaces a file so that readers see the old or the new text, never a part.</summary>
    /// <remarks>
    /// Crash: before the rename a file at the temporary path, which the next replacement overwrites; after it the new
    /// text. The text is durable before its name is, and the name before this returns.
    /// Locking: whoever uses the same temporary path must be kept out by the caller.
    /// </remarks>
    public static void ReplaceText(this IFileSystem files, string path, string text, string temporaryPath) =>
        files.ReplaceContent(path, Encoding.UTF8.GetBytes(text), temporaryPath);

    /// <summary>As <see cref="ReplaceText"/>, for bytes that need not be text, and with a mode other than the usual one.</summary>
    public static void ReplaceContent(
        this IFileSystem files, string path, ReadOnlySpan<byte> content, string temporaryPath, UnixFileMode? mode = null)
    {
        files.DeleteTree(temporaryPath);
        try
        {
            using (var file = files.Create(temporaryPath, OrdinaryFile))
            {
                if (mode is { } given)
                {
                    files.SetMode(temporaryPath, given);
                }
                file.Write(content, 0);
                file.Sync(); // Guard: sync-settings
            }
            files.Rename(temporaryPath, path);
        }
        catch (FileSystemException)
        {
            TryDeleteFile(files, temporaryPath);
            throw;
        }
        // Without this a power cut brings the old text back after somebody recorded that the new one is there.
        files.SyncDirectory(Path.GetDirectoryName(path) ?? ""); // Guard: sync-settings-name
    }

    /// <summary>Replaces a link, or makes it, so that the name always leads somewhere.</summary>
    /// <remarks>
    /// Crash: a link at the temporary path; the name is old or new. Locking: as <see cref="ReplaceText"/>. The caller
    /// syncs the directory once for all links.
    /// </remarks>
    public static void ReplaceSymbolicLink(
        this IFileSystem files, string path, string target, bool isDirectory, string temporaryPath)
    {
        files.DeleteTree(temporaryPath);
        files.CreateSymbolicLink(temporaryPath, target, isDirectory);
        files.Rename(temporaryPath, path);
    }

    /// <summary>Whether a name is the temporary one of a link that is being replaced, or was when somebody died.</summary>
    public static bool IsStrayLink(DirectoryEntry entry) =>
        entry is { Kind: FileKind.SymbolicLink, Name: ['+', .. var id] } && IsUniqueName(id);

    /// <summary>
    /// A temporary path beside a file that several processes replace at once, each through one of its own. Those of
    /// killed processes go by <see cref="SweepTemporaries"/>.
    /// </summary>
    public static string TemporaryPath(string path, string uniqueName) => $"{path}.{uniqueName}{TemporarySuffix}";

    /// <summary>Removes what killed processes left beside a file; a young one may be about to be renamed.</summary>
    public static void SweepTemporaries(this IFileSystem files, string path, DateTimeOffset horizon)
    {
        var directory = Path.GetDirectoryName(path) ?? "";
        var prefix = Path.GetFileName(path) + ".";
        foreach (var entry in files.List(directory).Where(entry => entry.Kind == FileKind.File
            && entry.Name.Length > prefix.Length + TemporarySuffix.Length
            && entry.Name.StartsWith(prefix, StringComparison.Ordinal)
            && entry.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
            && IsUniqueName(entry.Name.AsSpan(prefix.Length..^TemporarySuffix.Length))))
        {
            var stray = Path.Combine(directory, entry.Name);
            if (files.Status(stray)?.ModifiedNanoseconds / 1_000_000 <= horizon.ToUnixTimeMilliseconds())
            {
                files.TryDeleteFile(stray);
            }
        }
    }

    /// <summary>By the time of the last change of the entry, which no program can set back.</summary>
    public static bool WasChangedBefore(this IFileSystem files, string path, DateTimeOffset moment) =>
        files.Status(path)?.ChangedNanoseconds / 1_000_000 <= moment.ToUnixTimeMilliseconds();

    /// <summary>Deletes a file, a link or a whole directory; what is already gone is fine.</summary>
    public static void DeleteTree(this IFileSystem files, string path)
    {
        switch (files.Status(path)?.Kind)
        {
            case null:
                return;
            case FileKind.Directory:
                DeleteDirectory(files, path);
                return;
            default:
                TryDeleteFile(files, path);
                return;
        }
    }

    public static bool TryDeleteFile(this IFileSystem files, string path)
    {
        try
        {
            files.DeleteFile(path);
            return true;
        }
        catch (FileSystemException refused) when (IsGone(refused))
        {
            return false;
        }
    }

    // Stale is how an NFS client says that another machine took away what it had just looked up.
    private static bool IsGone(FileSystemException refused) =>
        refused.Error is FileSystemError.NotFound or FileSystemError.Stale;

    private static void DeleteDirectory(IFileSystem files, string path)
    {
        try
        {
            foreach (var entry in files.List(path))
            {
                var child = Path.Combine(path, entry.Name);
                if (entry.Kind == FileKind.Directory)
                {
                    DeleteDirectory(files, child);
                }
                else
                {
                    TryDeleteFile(files, child);
                }
            }
            files.DeleteEmptyDirectory(path);
        }
        catch (FileSystemException refused) when (IsGone(refused))
        {
            // Another collector was faster; the directory is gone, which is what was asked.
        }
    }

    /// <summary>As <see cref="Machine.NewId"/> makes them: nobody gives a file of theirs such a name.</summary>
    private static bool IsUniqueName(ReadOnlySpan<char> name) =>
        name.Length == 32 && !name.ContainsAnyExcept(HexDigits);
}
