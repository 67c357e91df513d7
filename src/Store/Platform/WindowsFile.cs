using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace ToolchainStore.Platform;

/// <summary>A handle. It is not inheritable, and shares reading, writing and deletion as Unix does. Untested.</summary>
/// <remarks>
/// Locks of Windows keep others from the bytes they cover, so they cover one byte where no content ever is. They
/// belong to the handle, as open-file-description locks do.
/// </remarks>
[SupportedOSPlatform("windows")]
internal sealed unsafe class WindowsFile(SafeFileHandle handle, string path) : IFile
{
    private const int LockedByteHigh = 0x4000_0000;

    private LockKind? held;

    public string Path { get; } = path;

    public long Length => Do("examine", () => RandomAccess.GetLength(handle));

    public FileIdentity Identity => WindowsStatus.IdentityOf(handle, Path);

    public int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return RandomAccess.Read(handle, buffer, offset);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            throw WindowsErrors.From(refused, "read", Path);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            throw WindowsErrors.From(refused, "write", Path);
        }
    }

    public void SetLength(long bytes) => Do("truncate", () =>
    {
        RandomAccess.SetLength(handle, bytes);
        return bytes;
    });

    public void Sync()
    {
        if (WindowsNative.Flush(handle) == 0)
        {
            throw WindowsErrors.Last("sync", Path);
        }
    }

    /// <remarks>
    /// Locking: Windows does not turn a shared lock into an exclusive one. It is given up and asked for anew; if
    /// somebody else gets both in between, the error says so, for nothing is held then.
    /// </remarks>
    public void StartWriteBack()
    {
        // Windows writes behind by itself.
    }

    public bool TryLock(LockKind kind)
    {
        if (held == kind)
        {
            return true;
        }
        if (held == LockKind.Exclusive)
        {
            return TryDowngrade();
        }
        var before = held;
        Unlock();
        if (TryRequest(kind))
        {
            held = kind;
            return true;
        }
        if (before is { } previous)
        {
            if (!TryRequest(previous))
            {
                throw WindowsErrors.From(WindowsErrors.LockViolation, "keep the lock on", Path);
            }
            held = previous;
        }
        return false;
    }

    public bool CouldLock(LockKind kind)
    {
        // There is no question; what is taken here is given back at once.
        var could = TryLock(kind);
        if (could)
        {
            Unlock();
        }
        return could;
    }

    public void Unlock()
    {
        if (held is not null)
        {
            Release();
            held = null;
        }
    }

    /// <summary>Nothing to do: there is no exec. The proxy stays as parent of the tool and holds the lease.</summary>
    public void KeepAcrossExec()
    {
    }

    public void Dispose()
    {
        if (held is not null && !handle.IsClosed)
        {
            // Closing alone releases it too, but only "when resources are available" (LockFileEx).
            held = null;
            var where = LockedByte();
            WindowsNative.Unlock(handle, 0, 1, 0, &where);
        }
        handle.Dispose();
    }

    /// <summary>Both are held for a moment; the first release then is that of the exclusive one (UnlockFileEx).</summary>
    private bool TryDowngrade()
    {
        if (!TryRequest(LockKind.Shared))
        {
            return false;
        }
        Release();
        held = LockKind.Shared;
        return true;
    }

    private bool TryRequest(LockKind kind)
    {
        const uint FailImmediately = 1, Exclusive = 2;
        var where = LockedByte();
        var flags = FailImmediately | (kind == LockKind.Exclusive ? Exclusive : 0);
        if (WindowsNative.Lock(handle, flags, 0, 1, 0, &where) != 0)
        {
            return true;
        }
        var number = Marshal.GetLastPInvokeError();
        return number is WindowsErrors.LockViolation or WindowsErrors.Pending
            ? false
            : throw WindowsErrors.From(number, "lock", Path);
    }

    private void Release()
    {
        var where = LockedByte();
        if (WindowsNative.Unlock(handle, 0, 1, 0, &where) == 0)
        {
            throw WindowsErrors.Last("unlock", Path);
        }
    }

    private static NativeOverlapped LockedByte() => new() { OffsetHigh = LockedByteHigh };

    private long Do(string operation, Func<long> action)
    {
        try
        {
            return action();
        }
        catch (Exception refused) when (IsRefusal(refused))
        {
            throw WindowsErrors.From(refused, operation, Path);
        }
    }

    private static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
