using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>
/// A shared lock on a tree's lease file: the tree is in use. Inherited through exec by the whole process tree that
/// runs from it and released by the kernel, so there is nothing to clean up.
/// </summary>
public sealed class Lease : IDisposable
{
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WaitInterval = TimeSpan.FromMilliseconds(20);

    private readonly LockFile file;

    private Lease(LockFile file) => this.file = file;

    /// <summary>Takes the lease; null if the tree is gone or going, so that the name must be looked up again.</summary>
    /// <remarks>Locking: waits at most 10 s for a collector that holds it exclusively, which takes milliseconds.</remarks>
    public static Lease? TryTake(Machine machine, StoreLayout layout, string treeId)
    {
        var started = machine.Clock.GetTimestamp();
        while (true)
        {
            switch (LockFile.TryTake(machine, layout.Lease(treeId), LockKind.Shared))
            {
                case LockAttempt.Taken taken:
                    return new Lease(taken.Lock);
                case LockAttempt.Missing:
                    return null;
                case LockAttempt.Held held when machine.Clock.GetElapsedTime(started) > WaitLimit:
                    throw new StoreException(
                        StoreErrorKind.Busy,
                        $"the toolchain in '{layout.Tree(treeId)}' is held by {DescribeHolders(machine, held.File)}"
                        + $" for more than {WaitLimit.TotalSeconds:0} s"
                        + "\nhelp: if that process hangs, end it; nothing needs to be cleaned up after it"
                        + JournalMount.Explain(machine, layout));
                default:
                    machine.Sleep(WaitInterval);
                    break;
            }
        }
    }

    /// <summary>Who has a lease file open, as far as this machine shows. Nothing is decided from it.</summary>
    public static string DescribeHolders(Machine machine, FileIdentity leaseFile) =>
        DescribeHolders(machine, machine.Processes.FindHolders(leaseFile));

    public static string DescribeHolders(Machine machine, IReadOnlyList<FileHolder> holders)
    {
        var others = holders.Where(holder => holder.ProcessId != machine.Processes.CurrentId).ToList();
        return (holders.Count, others.Count) switch
        {
            (0, _) => "a process of another user or machine",
            // A tool of the tree became this command and left it the lease.
            (_, 0) => $"this command itself (process {machine.Processes.CurrentId})",
            _ => string.Join(", ", others.Select(holder => $"{holder.Program} (process {holder.ProcessId})")),
        };
    }

    public void KeepAcrossExec() => file.KeepAcrossExec();

    public void Dispose() => file.Dispose();
}
