using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Collection;

/// <summary>
/// What a writing command does first: finds operations whose process is dead, ends them, and throws away what they
/// staged. Partial downloads stay for resuming. It can be repeated and interrupted anywhere.
/// </summary>
public sealed class Recovery(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    /// <summary>Returns the operations that were found dead.</summary>
    public IReadOnlyList<Operation> Run()
    {
        var running = journal.Read(session => session.Operations.ListRunning());
        var dead = running.Where(operation => IsDead(operation.OperationId)).ToList();
        if (dead.Count > 0)
        {
            journal.Write(session =>
            {
                var now = machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
                foreach (var operation in dead)
                {
                    session.Operations.Finish(operation.OperationId, Operation.Aborted, now);
                }
            });
            machine.ReachCrashPoint(CrashPoint.OperationsAborted);
        }
        SweepStaging();
        SweepLocks();
        machine.ReachCrashPoint(CrashPoint.StagingSwept);
        return dead;
    }

    /// <summary>Removes files that somebody was about to lock when he was killed; young ones are about to be.</summary>
    public void SweepPrivateLocks(TimeSpan olderThan)
    {
        foreach (var entry in machine.Files.List(layout.Operations).Where(entry => LockFile.IsPrivate(entry.Name)))
        {
            var path = Path.Combine(layout.Operations, entry.Name);
            if (Age.IsOlder(machine, path, olderThan))
            {
                LockFile.RemoveUnheld(machine, path);
            }
        }
    }

    /// <summary>Removes lock files that nobody holds. They get their names locked, so these are of the dead.</summary>
    private void SweepLocks()
    {
        foreach (var entry in machine.Files.List(layout.Operations).Where(entry => !LockFile.IsPrivate(entry.Name)))
        {
            // One that died since we looked keeps its file until the next recovery has ended its row.
            if (!journal.Read(session => session.Operations.IsRunning(entry.Name)))
            {
                LockFile.RemoveUnheld(machine, Path.Combine(layout.Operations, entry.Name));
            }
        }
    }

    /// <summary>Staging of operations that do not run any more goes to trash.</summary>
    private void SweepStaging()
    {
        var staged = machine.Files.List(layout.Staging);
        foreach (var entry in staged)
        {
            if (!journal.Read(session => session.Operations.IsRunning(entry.Name)) && IsDead(entry.Name))
            {
                Discard(Path.Combine(layout.Staging, entry.Name));
            }
        }
    }

    private void Discard(string path)
    {
        try
        {
            new Publisher(machine, layout).Discard(path);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.NotFound)
        {
            // Another recovery moved it away between our look and our rename, which is what was wanted.
        }
    }

    private bool IsDead(string operationId) => !RunningOperation.IsAlive(machine, layout, operationId);
}

/// <summary>How long something has been as it is.</summary>
internal static class Age
{
    internal static bool IsOlder(Machine machine, string path, TimeSpan limit) =>
        machine.Files.WasChangedBefore(path, machine.Clock.GetUtcNow().Subtract(limit));
}
