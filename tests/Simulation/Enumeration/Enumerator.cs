using System.Collections.Concurrent;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation.Enumeration;

/// <summary>How much of the enumeration is done.</summary>
internal sealed record EnumerationScope
{
    /// <summary>Every so many effects; 1 is all of them.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>Whether one violation is enough.</summary>
    public bool EndsAtViolation { get; init; }

    /// <summary>Whether the recovery after each crash is killed at each of its effects too.</summary>
    public bool KillsRecovery { get; init; } = true;

    /// <summary>How often the power goes at each effect with another part of the unsynced lost.</summary>
    public int RandomPowerLosses { get; init; } = 2;
}

/// <summary>What was found of one operation.</summary>
internal sealed class EnumerationResult(string operation)
{
    internal string Operation { get; } = operation;

    internal IReadOnlyList<string> EffectNames { get; set; } = [];

    internal int EffectCount { get; set; }

    internal int ObservationCount { get; set; }

    internal ConcurrentQueue<string> Violations { get; } = new();

    internal IReadOnlySet<string> CrashPoints { get; set; } = new HashSet<string>();

    internal int FaultCount;
    internal int RecoveryCrashCount;
    internal int PowerLossCount;

    internal int TotalFaults => FaultCount + RecoveryCrashCount + PowerLossCount;

    internal string Describe() =>
        $"{Operation}: {EffectCount} effects and {ObservationCount} observations, {FaultCount} faults, "
        + $"{RecoveryCrashCount} kills of the recovery, {PowerLossCount} power losses, {Violations.Count} violations";
}

/// <summary>
/// Runs one operation again and again, with each of its effects killed, torn or refused in turn, and looks each time
/// whether what is left is the state before or the state after, whole, and whether a plain retry gets there.
/// </summary>
internal sealed class Enumerator(EnumeratedOperation operation, EnumerationScope scope) : IDisposable
{
    private static readonly FileSystemError[] Errors =
        [FileSystemError.InputOutput, FileSystemError.NoSpace, FileSystemError.AccessDenied];

    private ReadOnlySpan<byte> CompilerStart => operation.HasFewFiles ? "rustc "u8 : "#!/bin/sh"u8;

    private readonly EnumerationResult result = new(operation.Name);
    private World start = null!;
    private string before = "";
    private string after = "";

    internal EnumerationResult Run()
    {
        start = BuildWorld();
        before = Describe(start);
        var reference = new SoloDirector(plan: null);
        using (var world = start.Copy(seed: 1))
        {
            Execute(world, reference, out var error);
            if (error is not null)
            {
                throw new InvalidOperationException($"{operation.Name} fails without a fault", error);
            }
            after = Describe(world);
            LosePower(world, operation.Name, isAcknowledged: true);
        }
        var effects = reference.Effects;
        result.CrashPoints = reference.Passed;
        result.EffectCount = effects.Count(effect => !effect.IsObservation);
        result.ObservationCount = effects.Count - result.EffectCount;
        result.EffectNames = NamesOf(effects);
        var numbers = Enumerable.Range(1, effects.Count).Where(number => number % scope.Stride == 0 || number == effects.Count);
        Parallel.ForEach(
            numbers.SelectMany(number => PlansFor(effects, number)),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            Try);
        return result;
    }

    /// <summary>What the operation does to the world when nothing fails.</summary>
    internal static IReadOnlyList<string> ListEffects(EnumeratedOperation operation)
    {
        using var enumerator = new Enumerator(operation, new EnumerationScope());
        enumerator.start = enumerator.BuildWorld();
        var reference = new SoloDirector(plan: null);
        enumerator.Execute(enumerator.start, reference, out _);
        return NamesOf(reference.Effects);
    }

    /// <summary>How many effects and observations it takes where so many other names lead to one of the trees.</summary>
    internal static int CountEffects(EnumeratedOperation operation, int otherNames)
    {
        using var enumerator = new Enumerator(operation, new EnumerationScope());
        using var world = enumerator.BuildWorld(otherNames);
        var reference = new SoloDirector(plan: null);
        enumerator.Execute(world, reference, out var error);
        return error is null
            ? reference.Effects.Count
            : throw new InvalidOperationException($"{operation.Name} fails beside {otherNames} other names", error);
    }

    /// <summary>As <see cref="CountEffects"/>, for a question to a store that is opened for reading.</summary>
    internal static int CountObservations(Action<LocalStore> ask, int otherNames)
    {
        using var enumerator = new Enumerator(new EnumeratedOperation("ask", ask), new EnumerationScope());
        using var world = enumerator.BuildWorld(otherNames);
        var director = new SoloDirector(plan: null);
        using (var store = LocalStore.OpenForReading(Contents.OptionsOf(new SimulatedProcess(world, 2, director))))
        {
            ask(store);
        }
        return director.Effects.Count;
    }

    public void Dispose() => start?.Dispose();

    private static IReadOnlyList<string> NamesOf(IReadOnlyList<Effect> effects) =>
    [
        .. effects.Where(effect => !effect.IsObservation)
            .Select(effect => effect.Describe(new StoreLayout(World.HomePath))).Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>After one effect is before the next; only the last one needs both.</summary>
    private static IEnumerable<FaultPlan> PlansFor(IReadOnlyList<Effect> effects, int number)
    {
        var effect = effects[number - 1];
        if (!effect.IsObservation)
        {
            yield return new FaultPlan(number, new Verdict.Ends(Moment.Before));
            if (effect.CanTear)
            {
                yield return new FaultPlan(number, new Verdict.Ends(Moment.Halfway));
                yield return new FaultPlan(number, new Verdict.Fails(FileSystemError.NoSpace, IsTorn: true));
            }
            if (effect.Kind == EffectKind.Commit)
            {
                yield return new FaultPlan(number, new Verdict.Fails(FileSystemError.InputOutput, IsTorn: true));
            }
            if (number == effects.Count || effect.Kind == EffectKind.Commit)
            {
                yield return new FaultPlan(number, new Verdict.Ends(Moment.After));
            }
        }
        foreach (var error in Errors)
        {
            if (effect.IsObservation && error == FileSystemError.NoSpace)
            {
                continue;
            }
            yield return new FaultPlan(number, new Verdict.Fails(error));
            if (!effect.IsObservation)
            {
                yield return new FaultPlan(number, new Verdict.Fails(error), IsLasting: true);
            }
        }
    }

    private void Try(FaultPlan plan)
    {
        if (scope.EndsAtViolation && !result.Violations.IsEmpty)
        {
            return;
        }
        Interlocked.Increment(ref result.FaultCount);
        using var world = start.Copy(seed: 1);
        var director = new SoloDirector(plan);
        var isKilled = Execute(world, director, out var error);
        var name = $"{operation.Name}, {plan} ({director.Effects[Math.Min(plan.EffectNumber, director.Effects.Count) - 1].Describe(world.Layout)})";
        if (error is not null and not StoreException { Kind: not StoreErrorKind.Broken })
        {
            Violation(name, $"ends with {error}");
        }
        if (error is not null && plan is { Verdict: Verdict.Fails { IsTorn: true } } && IsCommit(director, plan))
        {
            Violation(name, $"a commit that happened is reported as failed: {error.Message}");
        }
        if (!isKilled)
        {
            Check(world, name, isAcknowledged: error is null);
            return;
        }
        if (scope.KillsRecovery)
        {
            KillRecovery(world, name);
        }
        LosePower(world, name, isAcknowledged: false);
        Check(world, name, isAcknowledged: false);
    }

    private void LosePower(World world, string name, bool isAcknowledged)
    {
        foreach (var (loss, seed) in PowerLosses())
        {
            Interlocked.Increment(ref result.PowerLossCount);
            using var dark = world.Copy(seed: 2);
            dark.LosePower(loss, seed);
            Check(dark, $"{name}, then power lost ({loss}, {seed})", isAcknowledged);
        }
    }

    private static bool IsCommit(SoloDirector director, FaultPlan plan) =>
        director.Effects[plan.EffectNumber - 1].Kind == EffectKind.Commit;

    private IEnumerable<(PowerLoss Loss, int Seed)> PowerLosses() =>
    [
        (PowerLoss.NothingUnsynced, 0),
        (PowerLoss.NamesWithoutContent, 0),
        .. Enumerable.Range(1, scope.RandomPowerLosses).Select(seed => (PowerLoss.Anything, seed)),
    ];

    private void KillRecovery(World world, string name)
    {
        for (var number = 1; ; number++)
        {
            using var again = world.Copy(seed: 3);
            var director = new SoloDirector(new FaultPlan(number, new Verdict.Ends(Moment.Before)));
            var process = new SimulatedProcess(again, 3, director);
            try
            {
                LocalStore.OpenForWriting(Contents.OptionsOf(process)).Dispose();
                return;
            }
            catch (ProcessKilled)
            {
                if (director.Effects[^1].IsObservation)
                {
                    continue;
                }
            }
            finally
            {
                process.End();
            }
            Interlocked.Increment(ref result.RecoveryCrashCount);
            Check(again, $"{name}, then recovery killed before effect {number} ({director.Effects[^1].Describe(world.Layout)})", isAcknowledged: false);
        }
    }

    /// <summary>The state is the one before or the one after, whole; a retry gets to the one after; nothing is left over.</summary>
    private void Check(World world, string name, bool isAcknowledged)
    {
        try
        {
            var found = Describe(world);
            if (found != after && (isAcknowledged || found != before))
            {
                Violation(name, $"the state is neither the one before nor the one after:\n{found}");
            }
            RequireRunnable(world, name);
            var process = new SimulatedProcess(world, 4, new SoloDirector(plan: null));
            if (isAcknowledged)
            {
                Report(name, "when it reported success", Contents.FindWrongViews(process, world));
            }
            using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
            {
                Report(name, "once recovered", Contents.FindFaults(store, world, mayBeDamaged: operation.IsRepair && !isAcknowledged));
                Report(name, "once recovered", Contents.FindWrongViews(process, world));
            }
            if (Describe(world) is var recovered && recovered != found && !operation.IsRecovery && found.Length > 0)
            {
                Violation(name, $"recovery changed the state:\n{recovered}");
            }
            Execute(world, new SoloDirector(plan: null), out var error);
            if (error is not null)
            {
                Violation(name, $"the retry fails: {error}");
            }
            if (Describe(world) is var retried && retried != after)
            {
                Violation(name, $"the retry does not get there:\n{retried}");
            }
            using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
            {
                store.Collect(Contents.Everything);
                Report(name, "after the retry", Contents.FindFaults(store, world));
            }
            Report(name, "after a collection", Contents.FindLeaks(process, world));
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            Violation(name, $"the check ends with {failed}");
        }
    }

    /// <summary>Whoever asks for a toolchain now, before anybody recovers anything, gets a whole one.</summary>
    private void RequireRunnable(World world, string name)
    {
        var process = new SimulatedProcess(world, 5, new SoloDirector(plan: null));
        using var query = SelectionQuery.TryOpen(process.Machine, world.Layout, JournalPatience.Default);
        foreach (var toolchain in new[] { EnumeratedOperation.Stable, EnumeratedOperation.Nightly })
        {
            if (query?.FindToolchain(toolchain.Text) is not { TreeId: { } treeId })
            {
                continue;
            }
            var tree = new ToolchainLocation.Stored(toolchain.Text, treeId, world.Layout.Tree(treeId));
            using var lease = new TreeHolder(process.Machine, world.Layout, query, inherited: null).TryHold(tree);
            var compiler = world.Disk.Find(Path.Combine(tree.TreePath, "bin", "rustc"), followsLast: true);
            if (lease is null || compiler is null || !compiler.Content.Span.StartsWith(CompilerStart))
            {
                Violation(name, $"{toolchain.Text} cannot be run");
            }
        }
    }

    private void Report(string name, string when, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
        {
            Violation(name, $"{when}: {fault}");
        }
    }

    private void Violation(string name, string what) => result.Violations.Enqueue($"{name}: {what}");

    /// <summary>True if the process was killed.</summary>
    private bool Execute(World world, SoloDirector director, out Exception? error)
    {
        error = null;
        var process = new SimulatedProcess(world, 1, director);
        try
        {
            using var store = LocalStore.OpenForWriting(Contents.OptionsOf(process));
            operation.Run(store);
            return false;
        }
        catch (ProcessKilled)
        {
            return true;
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            error = failed;
            return false;
        }
        finally
        {
            process.End();
        }
    }

    private static string Describe(World world) =>
        Contents.Describe(new SimulatedProcess(world, 6, new SoloDirector(plan: null)), world.Layout);

    /// <summary>
    /// Stable; nightly with a generation that was replaced and one still to come; settings and an override; half of an
    /// archive that the update needs.
    /// </summary>
    private World BuildWorld(int otherNames = 0)
    {
        var server = operation.HasFewFiles ? ReleaseServers.Tiny() : ReleaseServers.Full();
        var disk = new Disk();
        var world = new World(disk, journalToCopy: null, server, seed: 0);
        var home = disk.Allocate(FileKind.Directory);
        disk.Add(disk.Root, "home", home);
        disk.SyncAll();
        if (operation.IsFirst)
        {
            return world;
        }
        var process = new SimulatedProcess(world, 1, new SoloDirector(plan: null));
        using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
        {
            EnumeratedOperation.Follow(store, EnumeratedOperation.Stable);
            EnumeratedOperation.Follow(store, EnumeratedOperation.Nightly);
            store.SetSetting(SettingKeys.DefaultToolchain, EnumeratedOperation.Stable.Text);
            store.SetOverride("/elsewhere", EnumeratedOperation.Stable.Text);
        }
        server.Day = 2;
        using (var store = LocalStore.OpenForWriting(Contents.OptionsOf(process)))
        {
            EnumeratedOperation.Follow(store, EnumeratedOperation.Nightly);
        }
        if (otherNames > 0)
        {
            AddNames(process, world.Layout, otherNames);
        }
        server.Day = 3;
        PutHalfADownload(world, process);
        disk.SyncAll();
        operation.Arrange(world);
        return world;
    }

    /// <summary>Names that lead to the tree of stable, as the versions of a release do.</summary>
    private static void AddNames(SimulatedProcess process, StoreLayout layout, int count)
    {
        using (var journal = JournalDatabase.OpenForWriting(process.Machine, layout, JournalPatience.Default))
        {
            journal.Write(session =>
            {
                var stable = session.Toolchains.Find(EnumeratedOperation.Stable.Text)!;
                session.Operations.Insert(new Operation { OperationId = "names" });
                session.Operations.Finish("names", Operation.Succeeded, finishedAt: 0);
                for (var number = 0; number < count; number++)
                {
                    var name = EnumeratedOperation.Official($"1.{number}.7").Text;
                    new NameMove("names", name, stable.TreeId!, stable.ManifestDigest!).Make(session, now: 0);
                }
                // Long ago: nobody remembers the operation, so it is not the last one that moved a name.
                session.Operations.DeleteBefore(1);
            });
        }
        // Makes their links.
        LocalStore.OpenForWriting(Contents.OptionsOf(process)).Dispose();
    }

    private static void PutHalfADownload(World world, SimulatedProcess process)
    {
        var url = $"{ReleaseServer.Url}/dist/channel-rust-nightly.toml";
        var manifest = ChannelManifest.Parse(System.Text.Encoding.UTF8.GetString(world.Server.Find(url)!), url);
        var target = manifest.FindTarget(new Component("rustc", RustPackages.Host))!;
        var archive = target.Archives[0];
        var body = world.Server.Find(ManifestUrl.Archive(ReleaseServer.Url, archive.Url))!;
        process.Machine.Files.WriteNew(
            world.Layout.PartialArchive(archive.Digest), body.AsSpan(0, body.Length / 2), FileSystemExtensions.OrdinaryFile);
    }
}
