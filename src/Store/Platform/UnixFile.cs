using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>A descriptor. Locks are open-file-description locks on Linux, flock elsewhere.</summary>
/// <remarks>
/// Open-file-description locks are inherited through exec, released with the last descriptor, and live in the same
/// lock space as POSIX locks and those of an NFS server (fcntl(2), "Open file description locks").
/// </remarks>
internal sealed unsafe class UnixFile(int descriptor, string path) : IFile
{
    private const short SharedLock = 0;
    private const short ExclusiveLock = 1;
    private const short NoLock = 2;
    private const int SetDescriptorFlags = 2;

    private int descriptor = descriptor;
    private bool isLocked;
    private bool isKept;

    public string Path { get; } = path;

    public long Length => UnixStatus.LengthOf(descriptor, Path);

    public FileIdentity Identity => UnixStatus.IdentityOf(descriptor, Path);

    internal int Descriptor => descriptor;

    public int Read(Span<byte> buffer, long offset)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var count = UnixNative.Read(descriptor, start, buffer.Length, offset);
                if (count >= 0)
                {
                    return (int)count;
                }
                ThrowUnlessInterrupted("read");
            }
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        fixed (byte* start = bytes)
        {
            nint written = 0;
            while (written < bytes.Length)
            {
                var count = UnixNative.Write(descriptor, start + written, bytes.Length - written, offset + written);
                if (count < 0)
                {
                    ThrowUnlessInterrupted("write");
                    continue;
                }
                Invariant.Hold(count > 0, "a write that is accepted makes progress");
                written += count;
            }
        }
    }

    public void SetLength(long bytes)
    {
        while (UnixNative.Truncate(descriptor, bytes) != 0)
        {
            ThrowUnlessInterrupted("truncate");
        }
    }

    public void Sync()
    {
        // On macOS fsync alone leaves the bytes in the drive's cache; where the rest is not known, it is what there is.
        if (UnixNative.IsMac && UnixNative.Control(descriptor, MacNative.FullSync, 0) >= 0)
        {
            return;
        }
        if (UnixNative.IsMac && UnixErrors.Classify(Marshal.GetLastPInvokeError()) != FileSystemError.NotSupported)
        {
            throw UnixErrors.Last("sync", Path);
        }
        while (UnixNative.Sync(descriptor) != 0)
        {
            // Interrupted means not begun or not finished, never that pages were dropped: this one may be repeated.
            ThrowUnlessInterrupted("sync");
        }
    }

    public void StartWriteBack()
    {
        // SYNC_FILE_RANGE_WRITE (sync_file_range(2)); errors of the writing stay for the sync that follows.
        const uint Start = 2;
        if (OperatingSystem.IsLinux())
        {
            LinuxNative.SyncRange(descriptor, offset: 0, count: 0, Start);
        }
    }

    public bool TryLock(LockKind kind)
    {
        while (!RequestLock(kind == LockKind.Shared ? SharedLock : ExclusiveLock))
        {
            var number = Marshal.GetLastPInvokeError();
            if (number == UnixErrors.WouldBlock || number == UnixErrors.AccessDenied)
            {
                return false;
            }
            ThrowUnlessInterrupted("lock");
        }
        isLocked = true;
        return true;
    }

    public bool CouldLock(LockKind kind)
    {
        if (UnixNative.IsMac)
        {
            // flock has no question; what is taken here is given back at once.
            var could = TryLock(kind);
            if (could)
            {
                Unlock();
            }
            return could;
        }
        var request = new UnixNative.RangeLock { Type = kind == LockKind.Shared ? SharedLock : ExclusiveLock };
        while (UnixNative.Control(descriptor, LinuxNative.FindOpenFileLock, (nint)(&request)) != 0)
        {
            ThrowUnlessInterrupted("examine the lock of");
        }
        return request.Type == NoLock;
    }

    public void Unlock()
    {
        while (!RequestLock(NoLock))
        {
            ThrowUnlessInterrupted("unlock");
        }
        isLocked = false;
    }

    public void KeepAcrossExec()
    {
        if (UnixNative.Control(descriptor, SetDescriptorFlags, 0) < 0)
        {
            throw UnixErrors.Last("keep open", Path);
        }
        isKept = true;
    }

    public void Dispose()
    {
        if (descriptor < 0)
        {
            return;
        }
        if (isLocked && !isKept)
        {
            // A child that another thread is just starting has every descriptor until its exec, and would hold on.
            RequestLock(NoLock);
        }
        UnixNative.Close(descriptor);
        descriptor = -1;
    }

    private bool RequestLock(short kind)
    {
        if (UnixNative.IsMac)
        {
            const int Shared = 1, Exclusive = 2, NonBlocking = 4, Release = 8;
            var operation = kind switch { SharedLock => Shared, ExclusiveLock => Exclusive, _ => Release };
            return UnixNative.LockWhole(descriptor, operation | NonBlocking) == 0;
        }
        // From the first byte to whatever the end will be.
        var request = new UnixNative.RangeLock { Type = kind };
        return UnixNative.Control(descriptor, LinuxNative.SetOpenFileLock, (nint)(&request)) == 0;
    }

    private void ThrowUnlessInterrupted(string operation)
    {
        var number = Marshal.GetLastPInvokeError();
        if (number != UnixErrors.Interrupted)
        {
            throw UnixErrors.From(number, operation, Path);
        }
    }
}
