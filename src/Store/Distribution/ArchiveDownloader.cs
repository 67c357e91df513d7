using ToolchainStore.Platform;

namespace ToolchainStore.Distribution;

/// <summary>How often and how long downloads are tried.</summary>
public sealed record DownloadPatience(int RetriesMax, TimeSpan StallLimit)
{
    public static DownloadPatience Default { get; } = new(3, TimeSpan.FromSeconds(30));
}

/// <summary>
/// Fetches archives into <c>downloads/</c>, one process at a time per archive. Invariants:
/// whoever appends to a <c>.partial</c> holds its exclusive lock, and it is the file at that path;
/// a <c>.partial</c> is never unlinked, only truncated or renamed; a file without that suffix had the right digest
/// when it was renamed, and is durable.
/// </summary>
public sealed class ArchiveDownloader(
    Machine machine, StoreLayout layout, DistributionServer server, DownloadPatience patience, Reporter reporter)
{
    private const int ChunkBytes = 1 << 17;
    private static readonly TimeSpan NoticeAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);

    private long receivedBytes;

    /// <summary>What came over the network so far, by this process; also what turned out to be wrong.</summary>
    public long ReceivedBytes => Interlocked.Read(ref receivedBytes);

    /// <summary>
    /// The complete archive, opened and locked shared so that collection leaves it alone; null if
    /// <paramref name="isNeeded"/> said no once the lock was ours.
    /// </summary>
    /// <remarks>
    /// Crash: the partial file stays and the next download goes on from its end. Locking: the lock of the partial file;
    /// waiting for another process shows its progress, and after a stall this process fetches a copy of its own.
    /// </remarks>
    public IFile? Obtain(string component, ArchiveSource source, string url, Func<bool> isNeeded)
    {
        while (true)
        {
            if (TryOpenComplete(source.Digest) is { } complete)
            {
                reporter.Downloaded(component, complete.Length, complete.Length);
                return complete;
            }
            if (OpenPartial(layout.PartialArchive(source.Digest)) is not { } partial)
            {
                continue;
            }
            if (!machine.TryLock(partial, LockKind.Exclusive)) // Guard: lock-partial
            {
                using (partial)
                {
                    if (Watch(component, source.Digest, url, partial) == WatchOutcome.Stalled)
                    {
                        reporter.Info($"another process is stuck downloading {component}; downloading it separately");
                        return DownloadOwnCopy(component, source, url);
                    }
                }
                continue;
            }
            machine.Files.Refresh(layout.Downloads);
            var isCurrent = machine.Files.Status(partial.Path)?.Identity == partial.Identity;
            if (!isCurrent || machine.Files.Exists(layout.Archive(source.Digest))) // Guard: recheck-partial
            {
                partial.Dispose();
                continue;
            }
            if (!isNeeded()) // Guard: recheck-needed
            {
                partial.Dispose();
                return null;
            }
            return Complete(component, source, url, partial);
        }
    }

    private IFile? TryOpenComplete(Digest digest)
    {
        // For writing too: whoever deletes it in the end locks it exclusively, which a read-only descriptor cannot.
        if (machine.Files.TryOpenReadWrite(layout.Archive(digest)) is not { } file)
        {
            return null;
        }
        if (machine.TryLock(file, LockKind.Shared) && machine.Files.Status(file.Path)?.Identity == file.Identity) // Guard: lock-archive
        {
            return file;
        }
        // A collector has it, or had: it is about to be gone, and the next look finds none.
        file.Dispose();
        machine.Sleep(WatchInterval);
        return null;
    }

    private IFile? OpenPartial(string path)
    {
        if (machine.Files.TryOpenReadWrite(path) is { } existing)
        {
            return existing;
        }
        try
        {
            return machine.Files.Create(path, FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.Exists)
        {
            return null;
        }
    }

    private IFile DownloadOwnCopy(string component, ArchiveSource source, string url)
    {
        var path = $"{layout.Archive(source.Digest)}.{machine.NewId()}.partial";
        var copy = machine.Files.Create(path, FileSystemExtensions.OrdinaryFile);
        Invariant.Hold(machine.TryLock(copy, LockKind.Exclusive), "nobody else locks a file of ours");
        return Complete(component, source, url, copy);
    }

    private IFile Complete(string component, ArchiveSource source, string url, IFile partial)
    {
        try
        {
            Fetch(component, source, url, partial);
            partial.Sync(); // Guard: sync-download
            machine.ReachCrashPoint(CrashPoint.BeforeDownloadNamed);
            machine.Files.Rename(partial.Path, layout.Archive(source.Digest));
            machine.ReachCrashPoint(CrashPoint.AfterDownloadNamed);
            Invariant.Hold(machine.TryLock(partial, LockKind.Shared), "an exclusive lock can become a shared one");
            return partial;
        }
        catch
        {
            partial.Dispose();
            throw;
        }
    }

    /// <summary>Brings the file to the announced digest: resumes, retries what a network does, refuses what it is not.</summary>
    private void Fetch(string component, ArchiveSource source, string url, IFile partial)
    {
        var isSecondChance = false;
        for (var failures = 0; ;)
        {
            try
            {
                var actual = Append(component, url, partial);
                if (actual == source.Digest)
                {
                    return;
                }
                // The file is worth nothing now; an empty partial is what a new download starts from.
                partial.SetLength(0);
                if (isSecondChance)
                {
                    throw new StoreException(
                        StoreErrorKind.Corrupt,
                        $"checksum failed for '{url}', expected: '{source.Digest}', calculated: '{actual}'"
                        + "\nhelp: the server has another file than its manifest says; try later, or another RUSTUP_DIST_SERVER");
                }
                isSecondChance = true;
            }
            catch (NetworkException broken) when (failures < patience.RetriesMax)
            {
                failures++;
                reporter.Debug($"retrying download of {component}: {broken.Message}");
            }
            catch (NetworkException broken)
            {
                throw new NetworkException(
                    $"could not download file from '{url}' to '{partial.Path}': {broken.Message}"
                    + (partial.Length > 0
                        ? "\npartially downloaded file was kept for resumption, please try again"
                        : ""));
            }
        }
    }

    /// <summary>Goes on from the end of the file; returns the digest of all of it.</summary>
    private Digest Append(string component, string url, IFile partial)
    {
        using var hasher = new DigestHasher();
        var buffer = new byte[ChunkBytes];
        var length = HashPrefix(partial, hasher, buffer);
        using var response = server.Get(url, length);
        if (DistributionServer.IsMissing(response.Status))
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"could not download file from '{url}': the server does not have it"
                + "\nhelp: try later, if it is just being updated, or another RUSTUP_DIST_SERVER");
        }
        if (length > 0 && response.Status != 206)
        {
            // 416: the file is complete or too long already; anything else: the server cannot resume.
            if (response.Status == 416)
            {
                return hasher.Finish();
            }
            DistributionServer.RequireSuccess(url, response.Status);
            partial.SetLength(0);
            length = 0;
            hasher.Finish();
        }
        DistributionServer.RequireSuccess(url, response.Status);
        var (begunAt, resumedAt) = (machine.Clock.GetTimestamp(), length);
        var total = length + response.LengthBytes;
        // What is there already counts from the beginning, not when the next bytes come.
        reporter.Downloaded(component, length, total);
        RequireSpace(partial.Path, response.LengthBytes);
        int count;
        while ((count = response.Body.Read(buffer)) > 0)
        {
            partial.Write(buffer.AsSpan(0, count), length);
            hasher.Append(buffer.AsSpan(0, count));
            length += count;
            Interlocked.Add(ref receivedBytes, count);
            reporter.Downloaded(component, length, total);
            machine.ReachCrashPoint(CrashPoint.DownloadBegun);
        }
        if (length < total)
        {
            throw new NetworkException($"the connection ended after {length} of {total} bytes of '{url}'");
        }
        reporter.Debug($"downloaded {component} in {machine.Since(begunAt)}: {length - resumedAt} bytes, {resumedAt} were there");
        return hasher.Finish();
    }

    private static long HashPrefix(IFile partial, DigestHasher hasher, byte[] buffer)
    {
        long length = 0;
        int count;
        while ((count = partial.Read(buffer, length)) > 0)
        {
            hasher.Append(buffer.AsSpan(0, count));
            length += count;
        }
        return length;
    }

    private void RequireSpace(string path, long? bytes)
    {
        if (bytes > machine.Files.AvailableBytes(layout.Downloads))
        {
            throw new FileSystemException(
                FileSystemError.NoSpace, "download to", path, $"{bytes} bytes are needed and the file system has less");
        }
    }

    private enum WatchOutcome
    {
        Changed,
        Stalled,
    }

    /// <summary>Shows another process's progress as ours until its lock is free or nothing comes any more.</summary>
    private WatchOutcome Watch(string component, Digest digest, string url, IFile partial)
    {
        var length = partial.Length;
        var total = reporter.ShowsProgress ? server.TryMeasure(url) : null;
        reporter.Downloaded(component, length, total);
        var begunAt = machine.Clock.GetTimestamp();
        var lastGrowth = begunAt;
        var hasSaidSo = false;
        while (!machine.Files.Exists(layout.Archive(digest)))
        {
            if (machine.TryLock(partial, LockKind.Exclusive))
            {
                partial.Unlock();
                return WatchOutcome.Changed;
            }
            if (!hasSaidSo && machine.Clock.GetElapsedTime(begunAt) > NoticeAfter)
            {
                hasSaidSo = true;
                reporter.Info($"waiting for another process that downloads {component}");
            }
            machine.Sleep(WatchInterval);
            machine.Files.Refresh(layout.Downloads);
            if (partial.Length is var now && now != length)
            {
                length = now;
                lastGrowth = machine.Clock.GetTimestamp();
                reporter.Downloaded(component, length, total);
            }
            else if (machine.Clock.GetElapsedTime(lastGrowth) > patience.StallLimit)
            {
                return WatchOutcome.Stalled;
            }
        }
        return WatchOutcome.Changed;
    }
}
