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
    /// Crash: before the rename a stray temporary file beside it, which the next replacement with the same suffix
    /// removes; after it the new text. The text is durable before its name is. Locking: whoever may replace the file
    /// at the same time takes another suffix.
    /// </remarks>
    public static void ReplaceText(this IFileSystem files, string path, string text, string suffix)
    {
        var temporary = path + "." + suffix + ".tmp";
        files.TryDeleteFile(temporary);
        using (var file = files.Create(temporary, OrdinaryFile))
        {
            file.Write(Encoding.UTF8.GetBytes(text), 0);
            file.Sync();
        }
        files.Rename(temporary, path);
    }

    /// <summary>Replaces a link, or makes it, so that the name always leads somewhere.</summary>
    /// <remarks>
    /// Crash: a stray temporary link beside it; the name is old or new. The temporary name starts with '+', which no
    /// toolchain's does, so nobody lists it.
    /// </remarks>
    public static void ReplaceSymbolicLink(
        this IFileSystem files, string path, string target, bool isDirectory, string uniqueName)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path) ?? "", "+" + uniqueName);
        files.CreateSymbolicLink(temporary, target, isDirectory);
        files.Rename(temporary, path);
    }

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
}
