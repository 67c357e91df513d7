using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;

namespace ToolchainStore.Tests.Simulation.Enumeration;

/// <summary>What happens at the N-th effect of a process.</summary>
internal sealed record FaultPlan(int EffectNumber, Verdict Verdict, bool IsLasting = false)
{
    public override string ToString() => Verdict switch
    {
        Verdict.Ends ends => $"killed {ends.Moment.ToString().ToLowerInvariant()} effect {EffectNumber}",
        Verdict.Fails fails => $"{fails.Error}{(fails.IsTorn ? " after half" : "")} {(IsLasting ? "from" : "at")} effect {EffectNumber}",
        _ => $"nothing at effect {EffectNumber}",
    };
}

/// <summary>Lets one process run alone, notes its effects, and has its fault happen.</summary>
internal sealed class SoloDirector(FaultPlan? plan) : IDirector
{
    private readonly List<Effect> effects = [];

    internal IReadOnlyList<Effect> Effects => effects;

    internal HashSet<string> Passed { get; } = [];

    public Verdict Decide(SimulatedProcess process, in Effect effect)
    {
        process.World.Clock.Tick();
        effects.Add(effect);
        if (plan is null || effects.Count < plan.EffectNumber)
        {
            return Verdict.Proceed;
        }
        if (effects.Count == plan.EffectNumber)
        {
            return plan.Verdict;
        }
        return plan.IsLasting && plan.Verdict is Verdict.Fails { Error: var error } && Concerns(error, effect)
            ? new Verdict.Fails(error)
            : Verdict.Proceed;
    }

    public void Pass(SimulatedProcess process, string crashPoint) => Passed.Add(crashPoint);

    public void Wait(SimulatedProcess process, Func<bool> condition)
    {
        if (!condition())
        {
            throw new InvalidOperationException("a process that is alone waits for somebody");
        }
    }

    public void Sleep(SimulatedProcess process, TimeSpan duration) =>
        process.World.Clock.AdvanceTo(process.World.Clock.Nanoseconds + (long)duration.TotalNanoseconds);

    /// <summary>A full disk still deletes, a directory without permission still syncs; a broken one does nothing.</summary>
    private static bool Concerns(FileSystemError error, in Effect effect) => error switch
    {
        FileSystemError.NoSpace => effect.Kind is EffectKind.Create or EffectKind.Write or EffectKind.WriteNew
            or EffectKind.CreateDirectory or EffectKind.SymbolicLink or EffectKind.HardLink or EffectKind.Copy
            or EffectKind.Commit,
        FileSystemError.AccessDenied => !effect.IsObservation
            && effect.Kind is not (EffectKind.Sync or EffectKind.SyncDirectory or EffectKind.SyncVolume
                or EffectKind.Lock or EffectKind.Unlock),
        _ => !effect.IsObservation,
    };
}
