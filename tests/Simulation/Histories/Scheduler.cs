using ToolchainStore.Tests.Simulation.Machines;

namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>Runs the work of one simulated process after the other on a thread that is kept for the next history.</summary>
internal sealed class ActorThread : IDisposable
{
    private readonly SemaphoreSlim hasWork = new(0);
    private Action? work;

    internal ActorThread() => new Thread(Loop) { IsBackground = true }.Start();

    internal void Start(Action job)
    {
        work = job;
        hasWork.Release();
    }

    public void Dispose()
    {
        work = null;
        hasWork.Release();
    }

    private void Loop()
    {
        while (true)
        {
            hasWork.Wait();
            if (work is not { } job)
            {
                hasWork.Dispose();
                return;
            }
            job();
        }
    }
}

/// <summary>A worker of a history: a sequence of processes, of which one lives at a time.</summary>
internal sealed class Actor(int number)
{
    internal int Number { get; } = number;

    internal SemaphoreSlim Turn { get; } = new(0);

    internal Func<bool>? WaitsFor { get; set; }

    internal long? SleepsUntil { get; set; }

    /// <summary>Until which step the others go first; null: it takes its turn.</summary>
    internal int? StallsUntil { get; set; }

    internal bool IsFinished { get; set; }

    /// <summary>Whether it stands still until the power is back.</summary>
    internal bool IsDark { get; set; }

    internal SimulatedProcess? Process { get; set; }

    internal string Describe() =>
        $"{Number} {(IsFinished ? "finished" : WaitsFor is not null ? "waits" : SleepsUntil is not null ? "sleeps" : IsDark ? "dark" : "ready")} (process {Process?.Id})";

    /// <summary>After how many more effects its process is killed; null: never.</summary>
    internal int? KilledAfter { get; set; }
}

/// <summary>
/// Interleaves simulated processes, one running at a time. Who goes on at an effect that others can see is drawn from
/// the seed; waiting for a lock and sleeping are states in which a process is not drawn.
/// </summary>
internal sealed class Scheduler : IDirector, IDisposable
{
    private const int StepsMax = 50_000;

    // Often enough for a few in each history, long enough for others to end a command or two meanwhile.
    private const int PassesPerStall = 16;
    private const int StallStepsMax = 250;

    private readonly World world;
    private readonly Random random;
    private readonly double switchProbability;
    private readonly Dictionary<SimulatedProcess, Actor> actorOf = [];
    private readonly SemaphoreSlim isOver = new(0);
    private readonly List<Actor> actors;
    private int? powerLostAfter;
    private bool isPowerLost;
    private bool isDeadlocked;

    internal Scheduler(World world, Random random, int actorCount, int? powerLostAfter)
    {
        this.world = world;
        this.random = random;
        this.powerLostAfter = powerLostAfter;
        actors = [.. Enumerable.Range(1, actorCount).Select(number => new Actor(number))];
        switchProbability = random.Next(4) switch
        {
            0 => 0.05,
            1 => 0.2,
            2 => 0.5,
            _ => 0.9,
        };
    }

    internal IReadOnlyList<Actor> Actors => actors;

    /// <summary>At which pass of a crash point, counted over all, a process is killed; null: at none.</summary>
    internal (string Name, int Pass)? KilledAt { get; set; }

    internal int Step { get; private set; }

    /// <summary>Differs between histories whose effects came in another order.</summary>
    internal ulong Interleaving { get; private set; } = 14695981039346656037;

    internal int Kills { get; private set; }

    internal int PowerLosses { get; private set; }

    internal string? Anomaly { get; private set; }

    internal Dictionary<string, int> Passed { get; } = [];

    /// <summary>Runs what each actor has to do, to the end of all.</summary>
    internal void Run(IReadOnlyList<ActorThread> threads, Action<Actor> work)
    {
        for (var index = 0; index < actors.Count; index++)
        {
            var actor = actors[index];
            threads[index].Start(() =>
            {
                actor.Turn.Wait();
                try
                {
                    work(actor);
                }
                catch (Exception failed)
                {
                    Anomaly ??= $"process {actor.Number} ends with {failed}";
                }
                actor.IsFinished = true;
                PassOn(actor);
            });
        }
        actors[random.Next(actors.Count)].Turn.Release();
        isOver.Wait();
    }

    internal SimulatedProcess StartProcess(Actor actor, int id)
    {
        var process = new SimulatedProcess(world, id, this);
        actorOf[process] = actor;
        actor.Process = process;
        return process;
    }

    /// <summary>The process is gone, by itself or not; after a loss of power its actor waits until all others are gone too.</summary>
    internal void EndProcess(Actor actor)
    {
        actor.Process!.End();
        actorOf.Remove(actor.Process);
        actor.Process = null;
        while (isPowerLost)
        {
            actor.IsDark = true;
            if (actors.TrueForAll(one => one.IsDark || one.IsFinished || one.Process is null))
            {
                RestorePower();
                return;
            }
            Yield(actor);
        }
    }

    public Verdict Decide(SimulatedProcess process, in Effect effect)
    {
        var actor = actorOf[process];
        if (effect.IsObservation)
        {
            if (IsOfLockFile(effect) && random.NextDouble() < switchProbability)
            {
                Yield(actor);
                process.RequireAlive();
            }
            return Verdict.Proceed;
        }
        if (IsVisible(effect) && random.NextDouble() < switchProbability)
        {
            Yield(actor);
            process.RequireAlive();
        }
        world.Clock.Tick();
        Note(process, effect);
        if (--powerLostAfter == 0)
        {
            LosePower();
            throw new ProcessKilled();
        }
        if (actor.KilledAfter is { } left)
        {
            actor.KilledAfter = left - 1;
            if (left == 1)
            {
                Kills++;
                actor.KilledAfter = null;
                return new Verdict.Ends(random.Next(3) switch
                {
                    0 => Moment.Before,
                    1 => effect.CanTear ? Moment.Halfway : Moment.Before,
                    _ => Moment.After,
                });
            }
        }
        return Verdict.Proceed;
    }

    /// <summary>
    /// Crash points stand where another state begins; some processes stall there. By turns alone, nobody would get
    /// through a whole installation between two neighbouring transactions of another.
    /// </summary>
    public void Pass(SimulatedProcess process, string crashPoint)
    {
        Passed[crashPoint] = Passed.GetValueOrDefault(crashPoint) + 1;
        var actor = actorOf[process];
        if (KilledAt is { } place && place.Name == crashPoint && place.Pass == Passed[crashPoint])
        {
            Kills++;
            process.Kill();
            throw new ProcessKilled();
        }
        if (random.Next(PassesPerStall) == 0)
        {
            actor.StallsUntil = Step + random.Next(1, StallStepsMax);
            Yield(actor);
            actor.StallsUntil = null;
            process.RequireAlive();
        }
    }

    public void Wait(SimulatedProcess process, Func<bool> condition)
    {
        var actor = actorOf[process];
        // What was read so far may be out of date by the time the lock is had, also where nobody has to wait for it.
        if (random.NextDouble() < switchProbability)
        {
            Yield(actor);
            process.RequireAlive();
        }
        while (!condition())
        {
            actor.WaitsFor = condition;
            Yield(actor);
            actor.WaitsFor = null;
            process.RequireAlive();
            if (isDeadlocked)
            {
                throw new ProcessKilled();
            }
        }
    }

    public void Sleep(SimulatedProcess process, TimeSpan duration)
    {
        process.RequireAlive();
        var actor = actorOf[process];
        var end = world.Clock.Nanoseconds + (long)duration.TotalNanoseconds;
        actor.SleepsUntil = end;
        Yield(actor);
        actor.SleepsUntil = null;
        process.RequireAlive();
        world.Clock.AdvanceTo(end);
    }

    /// <summary>A moment of its own, for the record of who came before whom.</summary>
    internal void Note() => Step++;

    /// <summary>A moment at which others may run, between effects.</summary>
    internal void Pause(SimulatedProcess process)
    {
        Yield(actorOf[process]);
        process.RequireAlive();
    }

    public void Dispose()
    {
        isOver.Dispose();
        actors.ForEach(actor => actor.Turn.Dispose());
    }

    // Opened, locked, and compared with what is at the path: others may come between.
    private bool IsOfLockFile(in Effect effect) =>
        effect.Path.StartsWith(world.Layout.Downloads, StringComparison.Ordinal)
        || effect.Path.StartsWith(world.Layout.Operations, StringComparison.Ordinal)
        || effect.Path.EndsWith(StoreLayout.LeaseFileName, StringComparison.Ordinal);

    // What a process stages is its own until it is published, so nobody can tell when it happens.
    private bool IsVisible(in Effect effect) =>
        !effect.Path.StartsWith(world.Layout.Staging, StringComparison.Ordinal) || effect.Destination is not null;

    private void Note(SimulatedProcess process, in Effect effect)
    {
        if (++Step > StepsMax)
        {
            Anomaly ??= $"no end after {StepsMax} effects";
            throw new ProcessKilled();
        }
        Interleaving = (Interleaving ^ (ulong)((actorOf[process].Number * 64) + (int)effect.Kind)) * 1099511628211;
    }

    private void LosePower()
    {
        PowerLosses++;
        isPowerLost = true;
        foreach (var actor in actors)
        {
            actor.Process?.Kill();
        }
    }

    private void RestorePower()
    {
        var losses = Enum.GetValues<PowerLoss>();
        world.LosePower(losses[random.Next(losses.Length)], random.Next());
        isPowerLost = false;
        actors.ForEach(actor => actor.IsDark = false);
    }

    /// <summary>Gives the turn to somebody, perhaps to this actor itself.</summary>
    private void Yield(Actor actor)
    {
        var next = Choose();
        if (next == actor)
        {
            return;
        }
        next!.Turn.Release();
        actor.Turn.Wait();
    }

    private void PassOn(Actor finished)
    {
        if (actors.TrueForAll(actor => actor.IsFinished))
        {
            isOver.Release();
            return;
        }
        Choose()!.Turn.Release();
    }

    private Actor? Choose()
    {
        if (isPowerLost || isDeadlocked)
        {
            actors.ForEach(actor => actor.StallsUntil = null);
        }
        // After a loss of power everybody who still has a process comes to its end first.
        var candidates = actors.Where(actor => !actor.IsFinished && !(isPowerLost && (actor.IsDark || actor.Process is null))
            && (isPowerLost || actor is { SleepsUntil: null, WaitsFor: null } || (actor.WaitsFor is { } condition && condition()))).ToList();
        if (candidates.Exists(actor => !(actor.StallsUntil > Step)))
        {
            candidates.RemoveAll(actor => actor.StallsUntil > Step);
        }
        if (candidates.Count == 0)
        {
            // Nobody can do anything before some time has passed.
            candidates = [.. actors.Where(actor => !actor.IsFinished && actor.SleepsUntil is not null).OrderBy(actor => actor.SleepsUntil).Take(1)];
        }
        else if (!isPowerLost && random.Next(8) == 0)
        {
            // Time may also pass while the others do nothing.
            candidates.AddRange(actors.Where(actor => !actor.IsFinished && actor.SleepsUntil is not null));
        }
        if (candidates.Count > 0)
        {
            return candidates[random.Next(candidates.Count)];
        }
        Anomaly ??= "deadlock: every process waits for another: " + string.Join(", ", actors.Select(actor => actor.Describe()))
            + $"; the journal is written by {world.Writer?.Id} and read by {world.Readers}";
        // Whoever is woken is killed, so that the history comes to an end, as a failure.
        isDeadlocked = true;
        return actors.Find(actor => !actor.IsFinished);
    }
}
