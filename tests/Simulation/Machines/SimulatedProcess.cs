using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>
/// One process on the simulated machine: what the product sees as its machine. Once it is killed, nothing that its
/// code still does while it unwinds has an effect, and the kernel has closed its files.
/// </summary>
internal sealed class SimulatedProcess
{
    private readonly IDirector director;
    private readonly List<SimulatedFile> openFiles = [];

    internal SimulatedProcess(World world, int id, IDirector director)
    {
        World = world;
        Id = id;
        this.director = director;
        Machine = new Machine
        {
            Files = new SimulatedFiles(this),
            Processes = new SimulatedProcesses(this),
            Network = new SimulatedNetwork(this),
            Journal = new SimulatedJournal(this),
            Clock = world.Clock,
            Randomness = world.Randomness,
            Sleep = duration => director.Sleep(this, duration),
            ReachCrashPoint = Reach,
        };
    }

    internal World World { get; }

    internal int Id { get; }

    internal Machine Machine { get; }

    internal bool IsKilled { get; private set; }

    /// <summary>Does an effect, or what the director makes of it.</summary>
    internal T Perform<T>(in Effect effect, Func<T> whole, Action? half = null)
    {
        RequireAlive();
        var verdict = director.Decide(this, effect);
        if (ReferenceEquals(verdict, Verdict.Proceed))
        {
            return whole();
        }
        switch (verdict)
        {
            case Verdict.Ends { Moment: var moment }:
                if (moment == Moment.After)
                {
                    whole();
                }
                else if (moment == Moment.Halfway)
                {
                    half?.Invoke();
                }
                Kill();
                throw new ProcessKilled();
            case Verdict.Fails failure:
                if (failure.IsTorn)
                {
                    half?.Invoke();
                }
                throw new FileSystemException(failure.Error, "(simulated)", effect.Path, $"{failure.Error}");
            default:
                return whole();
        }
    }

    internal void Perform(in Effect effect, Action whole, Action? half = null) => Perform(effect, () =>
    {
        whole();
        return true;
    }, half);

    internal void Wait(Func<bool> condition)
    {
        RequireAlive();
        director.Wait(this, condition);
        RequireAlive();
    }

    /// <summary>The verdict on a step that does not fail as a file does.</summary>
    internal Verdict Decide(in Effect effect)
    {
        RequireAlive();
        return director.Decide(this, effect);
    }

    internal void NoteOpened(SimulatedFile file) => openFiles.Add(file);

    internal void NoteClosed(SimulatedFile file) => openFiles.Remove(file);

    internal void RequireAlive()
    {
        if (IsKilled)
        {
            throw new ProcessKilled();
        }
    }

    /// <summary>As SIGKILL: the kernel closes the files and lets go of their locks.</summary>
    internal void Kill()
    {
        IsKilled = true;
        foreach (var file in openFiles.ToList())
        {
            file.Close();
        }
        openFiles.Clear();
    }

    /// <summary>The process has unwound: its connection is closed, and what it was writing is undone.</summary>
    internal void End()
    {
        Kill();
        if (World.Writer == this)
        {
            World.Writer = null;
        }
    }

    private void Reach(string crashPoint)
    {
        RequireAlive();
        director.Pass(this, crashPoint);
    }
}
