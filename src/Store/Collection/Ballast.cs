using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>A file that is given up when the disk is full, so that a collection has room to write its journal.</summary>
/// <remarks>Crash: missing or short; the next writing command with space restores it.</remarks>
public sealed class Ballast(Machine machine, StoreLayout layout, int bytes)
{
    private const int Reserve = 4;

    public void GiveUp() => machine.Files.TryDeleteFile(layout.Ballast);

    public void GiveUpIfNeeded()
    {
        if (machine.Files.AvailableBytes(layout.Root) < (long)bytes * Reserve)
        {
            GiveUp();
        }
    }

    /// <summary>Makes the file unless it is there or space is short.</summary>
    public void Restore()
    {
        if (machine.Files.Exists(layout.Ballast)
            || machine.Files.AvailableBytes(layout.Root) < (long)bytes * Reserve * 2)
        {
            return;
        }
        try
        {
            machine.Files.WriteNew(layout.Ballast, new byte[bytes], FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.Exists)
        {
            // Another command restored it at the same moment.
        }
    }
}
