using System.Diagnostics;
using ToolchainStore.Tests.Simulation.Enumeration;
using ToolchainStore.Tests.Simulation.Histories;
using ToolchainStore.Tests.Simulation.Machines;

if (args[0] == "histories")
{
    var count = int.Parse(args[1]);
    var first = int.Parse(args[2]);
    var started = Stopwatch.GetTimestamp();
    var bad = 0;
    var interleavings = new HashSet<ulong>();
    using var template = History.BuildTemplate(ReleaseServers.Tiny());
    var threads = Enumerable.Range(0, 5).Select(_ => new ActorThread()).ToList();
    long steps = 0, events = 0;
    for (var seed = first; seed < first + count; seed++)
    {
        var outcome = History.Run(seed, template, threads);
        interleavings.Add(outcome.Interleaving);
        steps += outcome.Steps;
        events += outcome.Events.Count;
        if (outcome.Anomalies.Count > 0 && ++bad <= 4)
        {
            Console.WriteLine($"seed {seed}:");
            foreach (var anomaly in outcome.Anomalies.Take(3))
            {
                Console.WriteLine("   " + string.Join("\n   ", anomaly.Split('\n').Take(16)));
            }
        }
    }
    Console.WriteLine($"{count} histories, {interleavings.Count} interleavings, {bad} bad, {steps / count} steps, {events / count} events, {Stopwatch.GetElapsedTime(started).TotalMilliseconds / count:0.00} ms each");
    return 0;
}
var only = args.Length > 1 ? args[1] : null;
foreach (var operation in EnumeratedOperation.All.Where(operation => only is null || operation.Name == only))
{
    var started = Stopwatch.GetTimestamp();
    using var enumerator = new Enumerator(operation, new EnumerationScope());
    var result = enumerator.Run();
    Console.WriteLine($"{operation.Name}: {result.EffectCount} effects, {result.ObservationCount} observations, {result.FaultCount} faults, {result.RecoveryCrashCount} recovery crashes, {result.PowerLossCount} power losses, {result.Violations.Count} violations, {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s");
    foreach (var v in result.Violations.GroupBy(v => System.Text.RegularExpressions.Regex.Replace(v[v.LastIndexOf("): ", StringComparison.Ordinal)..], "[0-9a-f]{32,}", "H")).Take(8))
    {
        Console.WriteLine($"   {v.Count()} x {string.Join(" | ", v.First().Split('\n').Take(4))}");
    }
}
return 0;
