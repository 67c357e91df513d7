using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;

namespace ToolchainStore.Tests.Simulation.Histories;

/// <summary>What came of many histories.</summary>
internal sealed class SeriesResult
{
    internal int Histories;
    internal long Effects;
    internal long Commands;
    internal int Kills;
    internal int PowerLosses;

    internal ConcurrentDictionary<ulong, bool> Interleavings { get; } = new();

    internal ConcurrentDictionary<string, long> Passed { get; } = new(
        CrashPointsOfTheStore().Select(name => KeyValuePair.Create(name, 0L)));

    internal ConcurrentQueue<HistoryOutcome> Failures { get; } = new();

    internal IEnumerable<string> NeverPassed => Passed.Where(entry => entry.Value == 0).Select(entry => entry.Key);

    /// <summary>Those that lie in the store; the ones of the programs' own installation are passed by tests of the programs.</summary>
    internal static IEnumerable<string> CrashPointsOfTheStore() => typeof(CrashPoint)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral && field.Name != nameof(CrashPoint.Variable))
        .Select(field => (string)field.GetRawConstantValue()!)
        .Where(name => !name.StartsWith("setup/", StringComparison.Ordinal) && !name.StartsWith("uninstall/", StringComparison.Ordinal));

    internal IEnumerable<string> Describe()
    {
        yield return $"{Histories} histories, {Interleavings.Count} distinct interleavings, {Commands} commands, {Effects} effects, "
            + $"{Kills} kills, {PowerLosses} power losses, {Failures.Count} violations";
        foreach (var (name, count) in Passed.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            yield return $"  {count.ToString(CultureInfo.InvariantCulture),9} x {name}";
        }
    }
}

/// <summary>Runs histories on all cores; the same seeds give the same histories, whatever runs beside them.</summary>
internal static class HistorySeries
{
    private const int ActorsMax = 5;

    internal static SeriesResult Run(IEnumerable<int> seeds, bool endsAtViolation = false)
    {
        var result = new SeriesResult();
        var queue = new ConcurrentQueue<int>(seeds);
        // A history waits for its next process to wake at each turn; another one uses the core meanwhile.
        var workers = Enumerable.Range(0, 2 * Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            using var template = History.BuildTemplate(ReleaseServers.Tiny());
            List<ActorThread> threads = [.. Enumerable.Range(0, ActorsMax).Select(_ => new ActorThread())];
            while (!(endsAtViolation && !result.Failures.IsEmpty) && queue.TryDequeue(out var seed))
            {
                Count(result, History.Run(seed, template, threads));
            }
            threads.ForEach(thread => thread.Dispose());
        })).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        return result;
    }

    private static void Count(SeriesResult result, HistoryOutcome outcome)
    {
        Interlocked.Increment(ref result.Histories);
        Interlocked.Add(ref result.Effects, outcome.Steps);
        Interlocked.Add(ref result.Commands, outcome.Events.Count);
        Interlocked.Add(ref result.Kills, outcome.Kills);
        Interlocked.Add(ref result.PowerLosses, outcome.PowerLosses);
        result.Interleavings.TryAdd(outcome.Interleaving, true);
        foreach (var (name, count) in outcome.CrashPoints)
        {
            result.Passed.AddOrUpdate(name, count, (_, before) => before + count);
        }
        if (outcome.Anomalies.Count > 0)
        {
            result.Failures.Enqueue(outcome);
        }
    }
}

/// <summary>The seeds that once failed; every run begins with them.</summary>
internal static class KeptSeeds
{
    private static string FilePath => Path.Combine(Sources.Folder, "Histories", "kept-seeds.txt");

    internal static IReadOnlyList<int> Read() => File.Exists(FilePath)
        ? [.. File.ReadLines(FilePath).Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => int.Parse(line, CultureInfo.InvariantCulture))]
        : [];

    internal static void Add(IEnumerable<int> seeds)
    {
        var added = seeds.Except(Read()).Order().Select(seed => seed.ToString(CultureInfo.InvariantCulture)).ToList();
        if (added.Count > 0)
        {
            File.AppendAllLines(FilePath, added);
        }
    }
}
