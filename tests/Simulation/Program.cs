using System.Diagnostics;
using System.Globalization;
using ToolchainStore.Tests.Simulation.Enumeration;
using ToolchainStore.Tests.Simulation.Histories;

const string Usage = """
    simulation histories [--count N] [--seed S]             seeded histories of interleaved processes; kept seeds first
    simulation enumeration [--operation NAME] [--stride N]  every effect of every operation killed, torn and refused
    simulation effects                                      writes the list of effects anew
    --until-violation                                       with the first two: one is enough
    """;

var started = Stopwatch.GetTimestamp();
var endsAtViolation = args.Contains("--until-violation");
switch (args.FirstOrDefault())
{
    case "histories":
        return RunHistories(Number("--count", 100_000), Number("--seed", 1));
    case "enumeration":
        return RunEnumeration(Text("--operation"), Number("--stride", 1));
    case "effects":
        CommittedEffects.Write(EnumeratedOperation.All.Select(operation => (operation.Name, Enumerator.ListEffects(operation))));
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

int RunHistories(int count, int seed)
{
    var result = HistorySeries.Run(KeptSeeds.Read().Concat(Enumerable.Range(seed, count)), endsAtViolation);
    foreach (var failure in result.Failures.OrderBy(failure => failure.Seed).Take(10))
    {
        Console.WriteLine($"seed {failure.Seed}:\n  {string.Join("\n  ", failure.Anomalies)}");
    }
    KeptSeeds.Add(result.Failures.Select(failure => failure.Seed));
    foreach (var line in result.Describe())
    {
        Console.WriteLine(line);
    }
    foreach (var name in result.NeverPassed)
    {
        Console.WriteLine($"never passed: {name}");
    }
    Console.WriteLine($"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
    return result.Failures.IsEmpty && !result.NeverPassed.Any() ? 0 : 1;
}

int RunEnumeration(string? only, int stride)
{
    var (operations, effects, faults, violations) = (0, 0, 0, 0);
    foreach (var operation in EnumeratedOperation.All.Where(operation => only is null || operation.Name == only))
    {
        using var enumerator = new Enumerator(operation, new EnumerationScope { Stride = stride, EndsAtViolation = endsAtViolation });
        var result = enumerator.Run();
        Console.WriteLine(result.Describe());
        foreach (var violation in result.Violations.Take(4).Select(text => string.Join(" | ", text.Split((char)10).Take(5))))
        {
            Console.WriteLine("  " + violation);
        }
        operations++;
        effects += result.EffectCount;
        faults += result.TotalFaults;
        violations += result.Violations.Count;
    }
    Console.WriteLine($"{operations} operations, {effects} effects, {faults} faults, {violations} violations, "
        + $"{Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
    return violations == 0 && operations > 0 ? 0 : 1;
}

string? Text(string option) => Array.IndexOf(args, option) is var index and >= 0 && index + 1 < args.Length ? args[index + 1] : null;

int Number(string option, int otherwise) => Text(option) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
