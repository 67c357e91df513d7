using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>A complete archive that was unpacked.</summary>
internal static class UnneededArchive
{
    /// <summary>Deletes it, unless another process uses it or it is all there is of a component.</summary>
    /// <remarks>
    /// Crash: a complete archive that collection deletes. Locking: whoever is about to record that a component waits holds the
    /// archive's lock until its commit, so with the lock the journal says all.
    /// </remarks>
    internal static void TryDelete(Machine machine, StoreLayout layout, JournalDatabase journal, Digest digest, IFile file)
    {
        if (machine.TryLock(file, LockKind.Exclusive)) // Guard: lock-archive-deleted
        {
            if (!journal.Read(session => session.Deferred.NeedsArchive(digest.Hex))) // Guard: recheck-archive-needed
            {
                machine.Files.TryDeleteFile(layout.Archive(digest));
            }
        }
    }
}
