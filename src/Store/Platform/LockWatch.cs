namespace ToolchainStore.Platform;

/// <summary>
/// Notices requests for locks that do not come back. A kernel answers at once that a lock is held; over a network it waits for the
/// server's word first, and where the lock service is gone it waits for ever, and nothing in the same thread can end that.
/// </summary>
/// <remarks>Off until <see cref="Start"/>: a local store pays nothing.</remarks>
public sealed class LockWatch
{
    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(100);

    private readonly Lock callsLock = new();
    private readonly List<Call> calls = [];
    private bool isOn;

    /// <summary>Watches from now on, until this process ends.</summary>
    /// <param name="noticeAfter">When a request that takes so long is said.</param>
    /// <param name="notice">Is told the file, once.</param>
    /// <param name="deadline">When a request that takes so long is given up.</param>
    /// <param name="giveUp">Is told the file and the time; ends the process, since the thread that asked cannot be woken.</param>
    public void Start(TimeSpan noticeAfter, Action<string> notice, TimeSpan deadline, Action<string, TimeSpan> giveUp)
    {
        if (isOn)
        {
            return;
        }
        isOn = true;
        new Thread(() => Watch(noticeAfter, notice, deadline, giveUp)) { IsBackground = true }.Start();
    }

    /// <summary>Asks for a lock of a file.</summary>
    public T Ask<T>(string path, Func<T> request)
    {
        if (!isOn)
        {
            return request();
        }
        var call = new Call(path, Environment.TickCount64);
        lock (callsLock)
        {
            calls.Add(call);
        }
        try
        {
            return request();
        }
        finally
        {
            lock (callsLock)
            {
                calls.Remove(call);
            }
        }
    }

    private void Watch(TimeSpan noticeAfter, Action<string> notice, TimeSpan deadline, Action<string, TimeSpan> giveUp)
    {
        for (var hasNoticed = false; ; Thread.Sleep(look))
        {
            if (FindOldest() is not { } oldest)
            {
                continue;
            }
            var waited = TimeSpan.FromMilliseconds(Environment.TickCount64 - oldest.Since);
            if (waited > deadline)
            {
                giveUp(oldest.Path, waited);
                return;
            }
            if (!hasNoticed && waited > noticeAfter)
            {
                hasNoticed = true;
                notice(oldest.Path);
            }
        }
    }

    private Call? FindOldest()
    {
        lock (callsLock)
        {
            return calls.Count == 0 ? null : calls[0];
        }
    }

    private sealed record Call(string Path, long Since);
}
