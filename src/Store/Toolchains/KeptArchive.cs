using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>An archive that has lain in downloads/, perhaps for weeks, since it was complete and verified.</summary>
internal sealed class KeptArchive(Machine machine, StoreLayout layout, Reporter reporter)
{
    /// <summary>The archive with the bytes it was recorded with: what is there, or else what the server has.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="source">What it must be.</param>
    /// <param name="obtain">Opens the file that is there, or downloads it; null if it is not needed any more.</param>
    internal IFile? Open(string name, ArchiveSource source, Func<IFile?> obtain)
    {
        if (obtain() is not { } archive)
        {
            return null;
        }
        if (DigestHasher.Compute(archive) == source.Digest)
        {
            return archive;
        }
        reporter.Warn($"the archive of {name} was damaged after its download; downloading it again");
        Discard(archive, layout.Archive(source.Digest));
        return obtain();
    }

    /// <remarks>Crash: the component waits without an archive, which the next attempt downloads.</remarks>
    private void Discard(IFile archive, string path)
    {
        using (archive)
        {
            if (!machine.TryLock(archive, LockKind.Exclusive) || machine.Files.Status(path)?.Identity != archive.Identity)
            {
                throw new StoreException(
                    StoreErrorKind.Busy, $"the damaged archive '{path}' is in use by another process\nhelp: run the command again");
            }
            machine.Files.Rename(path, Path.Combine(layout.Trash, machine.NewId()));
        }
    }
}
