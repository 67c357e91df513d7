using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>What becomes a file when it is complete. Until then it is beside it, and who writes it holds its lock.</summary>
internal static class PartialFile
{
    /// <summary>Each lost race means that another export was completed at this very moment.</summary>
    private const int AttemptsMax = 100;

    /// <summary>Opens the one an interrupted export left, or a new one.</summary>
    /// <exception cref="StoreException">Busy: another process writes it.</exception>
    internal static IFile Open(Machine machine, string path)
    {
        var partialPath = path + ".partial";
        var directory = Path.GetDirectoryName(Path.GetFullPath(path));
        if (directory is not null && !machine.Files.IsDirectory(directory))
        {
            throw new StoreException(
                StoreErrorKind.NotFound, $"there is no directory '{directory}' to export to\nhelp: make it, or export to another place");
        }
        if (machine.Files.Status(partialPath) is { Kind: not FileKind.File })
        {
            throw new StoreException(
                StoreErrorKind.Usage, $"'{partialPath}' is no file\nhelp: move it away, or export to another place");
        }
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var file = machine.Files.TryOpenReadWrite(partialPath) ?? TryCreate(machine, partialPath);
            if (file is not null && !machine.TryLock(file, LockKind.Exclusive))
            {
                file.Dispose();
                break;
            }
            // One that was completed since we opened it has another name.
            if (file is not null && machine.Files.Status(partialPath)?.Identity == file.Identity)
            {
                return file;
            }
            file?.Dispose();
        }
        throw new StoreException(
            StoreErrorKind.Busy, $"another process exports to '{path}'\nhelp: wait for it, or export to another place");
    }

    private static IFile? TryCreate(Machine machine, string path)
    {
        try
        {
            return machine.Files.Create(path, FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.Exists)
        {
            return null;
        }
    }
}
