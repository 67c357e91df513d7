using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>
/// The journal of the simulated machine: SQLite in memory, one writer or many readers. A transaction is one effect, the
/// waiting for it a state of the scheduler. A snapshot needs no lock: between two of its questions nobody else runs, so
/// what it sees is what it saw at its beginning.
/// </summary>
internal sealed class SimulatedJournal(SimulatedProcess process) : IJournalAccess
{
    private bool hasReadLock;

    private World World => process.World;

    public string DataSource(string path)
    {
        process.RequireAlive();
        return World.DataSource;
    }

    public bool IsFile => false;

    public int Take(JournalStep step, Func<int> run) => step switch
    {
        JournalStep.BeginSnapshot => BeginSnapshot(),
        JournalStep.BeginReading => BeginReading(run),
        JournalStep.BeginWriting => BeginWriting(run),
        JournalStep.Commit => Commit(run),
        _ => RollBack(run),
    };

    private int BeginSnapshot()
    {
        process.Wait(() => World.Writer is null);
        return World.HasJournal ? raw.SQLITE_OK : raw.SQLITE_CANTOPEN;
    }

    private int BeginReading(Func<int> run)
    {
        process.Wait(() => World.Writer is null);
        World.EnsureJournalFile();
        var result = run();
        if (result == raw.SQLITE_OK)
        {
            hasReadLock = true;
            World.Readers++;
        }
        return result;
    }

    private int BeginWriting(Func<int> run)
    {
        var refused = Refusal(EffectKind.BeginWriting);
        process.Wait(() => World.Writer is null && World.Readers == 0);
        if (refused is { } code)
        {
            return code;
        }
        var result = run();
        if (result == raw.SQLITE_OK)
        {
            World.Writer = process;
        }
        return result;
    }

    /// <summary>A commit that fails has not happened, or happened and did not say so: over NFS both were seen.</summary>
    private int Commit(Func<int> run)
    {
        switch (process.Decide(new Effect(EffectKind.Commit, World.Layout.Journal)))
        {
            case Verdict.Ends { Moment: var moment }:
                if (moment == Moment.After)
                {
                    run();
                    World.Writer = null;
                }
                process.Kill();
                throw new ProcessKilled();
            case Verdict.Fails { Error: var error, IsTorn: var hasHappened }:
                if (hasHappened)
                {
                    run();
                    World.Writer = null;
                }
                return CodeOf(error);
        }
        var result = run();
        if (result == raw.SQLITE_OK)
        {
            World.Writer = null;
        }
        return result;
    }

    // Also of a process that is dead: the kernel closes its files, and with them goes its transaction.
    private int RollBack(Func<int> run)
    {
        var result = run();
        if (World.Writer == process)
        {
            World.Writer = null;
        }
        else if (hasReadLock)
        {
            hasReadLock = false;
            World.Readers--;
        }
        return result;
    }

    private int? Refusal(EffectKind kind)
    {
        switch (process.Decide(new Effect(kind, World.Layout.Journal)))
        {
            case Verdict.Ends:
                process.Kill();
                throw new ProcessKilled();
            case Verdict.Fails { Error: var error }:
                return CodeOf(error);
            default:
                return null;
        }
    }

    private static int CodeOf(FileSystemError error) => error switch
    {
        FileSystemError.NoSpace => raw.SQLITE_FULL,
        FileSystemError.AccessDenied => raw.SQLITE_READONLY,
        _ => raw.SQLITE_IOERR,
    };
}
