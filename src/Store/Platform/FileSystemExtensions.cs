using System.Buffers;
using System.Text;

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

    public static string ReadText(this IFileSystem files, string path) =>
        Encoding.UTF8.GetString(files.ReadAll(path));

    /// <summary>Null if there is no such file, or it may not be read.</summary>
    public static string? TryReadText(this IFileSystem files, string path)
    {
        try
        {
            return files.TargetStatus(path) is { Kind: FileKind.File } ? files.ReadText(path) : null;
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.NotFound or FileSystemError.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>Replaces a file so that readers see the old or the new text, never a part.</summary>
    /// <remarks>
    /// Crash: before the rename a stray temporary file beside it, which <see cref="DeleteStrays"/> finds; after it the
    /// new text. The text is durable before its name is.
    /// </remarks>
    public static void ReplaceText(this IFileSystem files, string path, string text, string uniqueSuffix)
    {
        var temporary = path + "." + uniqueSuffix + TemporarySuffix;
        try
        {
            using (var file = files.Create(temporary, OrdinaryFile))
            {
                file.Write(Encoding.UTF8.GetBytes(text), 0);
                file.Sync();
            }
            files.Rename(temporary, path);
        }
        catch (FileSystemException)
        {
            TryDeleteFile(files, temporary);
            throw;
        }
    }

    /// <summary>Replaces a link, or makes it, so that the name always leads somewhere.</summary>
    /// <remarks>
    /// Crash: a stray temporary link beside it, which <see cref="IsStrayLink"/> knows; the name is old or new. The
    /// temporary name starts with '+', which no toolchain's does, so nobody lists it.
    /// </remarks>
    public static void ReplaceSymbolicLink(
        this IFileSystem files, string path, string target, bool isDirectory, string uniqueName)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", "+" + uniqueName);
        files.CreateSymbolicLink(temporary, target, isDirectory);
        files.Rename(temporary, path);
    }

    /// <summary>Whether a name is the temporary one of a link that is being replaced, or was when somebody died.</summary>
    public static bool IsStrayLink(DirectoryEntry entry) =>
        entry is { Kind: FileKind.SymbolicLink, Name: ['+', .. var id] } && IsUniqueName(id);

    /// <summary>Deletes what replacements of a file's text left beside it when they died before a moment.</summary>
    public static void DeleteStrays(this IFileSystem files, string path, DateTimeOffset changedBefore)
    {
        var directory = Path.GetDirectoryName(path) ?? "";
        var prefix = Path.GetFileName(path) + ".";
        foreach (var entry in files.List(directory))
        {
            if (entry.Kind == FileKind.File
                && entry.Name.StartsWith(prefix, StringComparison.Ordinal)
                && entry.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal)
                && IsUniqueName(entry.Name.AsSpan()[prefix.Length..^TemporarySuffix.Length])
                && files.WasChangedBefore(Path.Combine(directory, entry.Name), changedBefore))
            {
                TryDeleteFile(files, Path.Combine(directory, entry.Name));
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
        catch (FileSystemException refused) when (refused.Error == FileSystemError.NotFound)
        {
            return false;
        }
    }

    private static void DeleteDirectory(IFileSystem files, string path)
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
        try
        {
            files.DeleteEmptyDirectory(path);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.NotFound)
        {
            // Another collector was faster; the directory is gone, which is what was asked.
        }
    }

    /// <summary>As <see cref="Machine.NewId"/> makes them: nobody gives a file of theirs such a name.</summary>
    private static bool IsUniqueName(ReadOnlySpan<char> name) =>
        name.Length == 32 && !name.ContainsAnyExcept(HexDigits);
}
