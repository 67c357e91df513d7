using System.Diagnostics;
using ToolchainStore.Tests.Simulation.Enumeration;

var only = args.Length > 0 ? args[0] : null;
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
