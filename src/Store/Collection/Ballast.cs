using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>
/// A file that is given up when the disk is full, so that what frees space has room to write its journal. Commands that
/// take space never touch it.
/// </summary>
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
        if (machine.Files.Status(layout.Ballast)?.SizeBytes >= bytes
            || machine.Files.AvailableBytes(layout.Root) < (long)bytes * Reserve * 2)
        {
            return;
        }
        // Random, because a file system that compresses gives zeros no space.
        var content = new byte[bytes];
        machine.Randomness.Fill(content);
        try
        {
            GiveUp();
            machine.Files.WriteNew(layout.Ballast, content, FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.Exists or FileSystemError.NoSpace)
        {
            // Another command restored it at the same moment, or took the space; what this command did is done.
        }
    }
}
