using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>A small file of somebody else's that several installers may want to change at once, such as a profile.</summary>
/// <remarks>
/// The file itself is the lock, so that nothing is left beside it; whoever gets it looks whether the file still has the
/// name. It keeps its mode, and stays where it is if it is reached through a link: what the link leads to is replaced.
/// </remarks>
internal sealed class SharedFile(Machine machine, string path)
{
    // As many as the kernel follows.
    private const int LinksMax = 40;

    private static readonly TimeSpan LockWaitLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockWaitInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>Null if there is no such file, or it may not be read.</summary>
    internal byte[]? TryRead()
    {
        try
        {
            return machine.Files.IsFile(path) ? machine.Files.ReadAll(path) : null;
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.NotFound or FileSystemError.AccessDenied)
        {
            return null;
        }
    }

    /// <summary>Changes the content, which is null if there was no file; one is made for it.</summary>
    /// <remarks>
    /// Crash: the content is old or new, a file that was made may be empty, and what is left beside it goes with a
    /// change a day later.
    /// </remarks>
    internal void Change(Func<byte[]?, byte[]> change)
    {
        var isNew = false;
        using var file = OpenLocked(ref isNew);
        var place = machine.Files.Canonicalize(path) ?? path;
        var old = machine.Files.ReadAll(place);
        var changed = change(isNew ? null : old);
        if (!changed.AsSpan().SequenceEqual(old))
        {
            Replace(file, place, changed);
        }
        SweepTemporaries();
    }

    /// <summary>Removes what killed installers left beside it a day ago.</summary>
    internal void SweepTemporaries() => machine.Files.SweepTemporaries(
        machine.Files.Canonicalize(path) ?? path, machine.Clock.GetUtcNow() - InstalledPrograms.Memory);

    /// <summary>
    /// By a rename, unless the new file would not be theirs: it would be root's in the home of a user, or not the one that
    /// other names lead to, or may not be made at all.
    /// </summary>
    private void Replace(IFile file, string place, byte[] content)
    {
        var status = machine.Files.Status(place)!;
        var temporary = FileSystemExtensions.TemporaryPath(place, machine.NewId());
        try
        {
            if (status.Links == 1 && status.Owner == FindOwnerOfNewFiles(temporary))
            {
                machine.Files.ReplaceContent(place, content, temporary, status.Mode);
                return;
            }
        }
        catch (FileSystemException refused) when (refused.Error is FileSystemError.AccessDenied or FileSystemError.Busy)
        {
            // The directory may not be written to, or the file is mounted there; its content can still be changed.
        }
        machine.Files.TryDeleteFile(temporary);
        // Crash: the file may end in the middle of the new content.
        file.Write(content, 0);
        file.SetLength(content.Length);
        file.Sync();
    }

    private uint? FindOwnerOfNewFiles(string temporary)
    {
        machine.Files.WriteNew(temporary, [], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return machine.Files.Status(temporary)?.Owner;
    }

    private IFile OpenLocked(ref bool isNew)
    {
        var started = machine.Clock.GetTimestamp();
        while (true)
        {
            var file = Open(ref isNew);
            if (TryLock(file, started) // Guard: lock-profile
                && machine.Files.TargetStatus(path)?.Identity == file.Identity) // Guard: recheck-profile
            {
                return file;
            }
            file.Dispose();
            if (machine.Clock.GetElapsedTime(started) > LockWaitLimit)
            {
                throw new StoreException(
                    StoreErrorKind.Busy,
                    $"another program has kept '{path}' locked for {LockWaitLimit.TotalSeconds:0} s"
                    + "\nhelp: run this again when no other rustup-init runs");
            }
            isNew = false;
        }
    }

    private bool TryLock(IFile file, long started)
    {
        while (!file.TryLock(LockKind.Exclusive))
        {
            if (machine.Clock.GetElapsedTime(started) > LockWaitLimit)
            {
                return false;
            }
            machine.Sleep(LockWaitInterval);
        }
        return true;
    }

    private IFile Open(ref bool isNew)
    {
        if (machine.Files.TryOpenReadWrite(path) is { } existing)
        {
            return existing;
        }
        machine.Files.CreateDirectories(Path.GetDirectoryName(path)!);
        try
        {
            var made = machine.Files.Create(FindPlaceOfNewFile(), FileSystemExtensions.OrdinaryFile);
            isNew = true;
            return made;
        }
        catch (FileSystemException raced)
            when (raced.Error == FileSystemError.Exists && machine.Files.TryOpenReadWrite(path) is { } theirs)
        {
            // Another installer made it in between.
            return theirs;
        }
    }

    /// <summary>Where links lead that lead nowhere yet: into a repository of dotfiles, for example.</summary>
    private string FindPlaceOfNewFile()
    {
        var place = path;
        for (var links = 0; links < LinksMax && machine.Files.ReadLink(place) is { } target; links++)
        {
            place = Path.GetFullPath(target, Path.GetDirectoryName(place)!);
        }
        return place;
    }
}
