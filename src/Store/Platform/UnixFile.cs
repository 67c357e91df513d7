using System.Runtime.InteropServices;

namespace ToolchainStore.Platform;

/// <summary>A descriptor. Locks are open-file-description locks on Linux, flock elsewhere.</summary>
/// <remarks>
/// Open-file-description locks are inherited through exec, released with the last descriptor, and live in the same
/// lock space as POSIX locks and those of an NFS server (fcntl(2), "Open file description locks").
/// </remarks>
internal sealed unsafe class UnixFile(int descriptor, string path) : IFile
{
    private const int SetOpenFileLock = 37;
    private const short SharedLock = 0;
    private const short ExclusiveLock = 1;
    private const short NoLock = 2;
    private const int SetDescriptorFlags = 2;

    private int descriptor = descriptor;

    public string Path { get; } = path;

    public long Length => UnixFileSystem.StatusOf(descriptor, Path).SizeBytes;

    public FileIdentity Identity => UnixFileSystem.StatusOf(descriptor, Path).Identity;

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
                written += count;
            }
        }
    }

    public void SetLength(long bytes)
    {
        if (UnixNative.Truncate(descriptor, bytes) != 0)
        {
            throw UnixErrors.Last("truncate", Path);
        }
    }

    public void Sync()
    {
        // F_FULLFSYNC (51): on macOS fsync alone leaves the bytes in the drive's cache.
        var failed = UnixNative.IsMac
            ? UnixNative.Control(descriptor, 51, 0) < 0
            : UnixNative.Sync(descriptor) != 0;
        if (failed)
        {
            throw UnixErrors.Last("sync", Path);
        }
    }

    public bool TryLock(LockKind kind)
    {
        if (UnixNative.IsMac)
        {
            const int Shared = 1, Exclusive = 2, NonBlocking = 4;
            var operation = (kind == LockKind.Shared ? Shared : Exclusive) | NonBlocking;
            return Succeeded(UnixNative.LockWhole(descriptor, operation));
        }
        var request = new UnixNative.RangeLock { Type = kind == LockKind.Shared ? SharedLock : ExclusiveLock };
        return Succeeded(UnixNative.Control(descriptor, SetOpenFileLock, (nint)(&request)));
    }

    public void Unlock()
    {
        if (UnixNative.IsMac)
        {
            UnixNative.LockWhole(descriptor, 8);
            return;
        }
        var request = new UnixNative.RangeLock { Type = NoLock };
        UnixNative.Control(descriptor, SetOpenFileLock, (nint)(&request));
    }

    public void KeepAcrossExec()
    {
        if (UnixNative.Control(descriptor, SetDescriptorFlags, 0) < 0)
        {
            throw UnixErrors.Last("keep open", Path);
        }
    }

    public void Dispose()
    {
        if (descriptor >= 0)
        {
            UnixNative.Close(descriptor);
            descriptor = -1;
        }
    }

    private bool Succeeded(int result)
    {
        if (result == 0)
        {
            return true;
        }
        var number = Marshal.GetLastPInvokeError();
        return number == UnixErrors.WouldBlock || number == UnixErrors.AccessDenied
            ? false
            : throw UnixErrors.From(number, "lock", Path);
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
