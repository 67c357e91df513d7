using System.Globalization;
using ToolchainStore.Tests.Corruption;

// Corrupts copies of a store at random, and demands that it is found, repaired or named, and that nothing crashes.
var count = 1000;
var seed = 2026;
for (var index = 0; index + 1 < args.Length; index += 2)
{
    var value = int.Parse(args[index + 1], CultureInfo.InvariantCulture);
    switch (args[index])
    {
        case "--count":
            count = value;
            break;
        case "--seed":
            seed = value;
            break;
        default:
            Console.Error.WriteLine("usage: corruption [--count N] [--seed N]");
            return 2;
    }
}
var report = CorruptionRun.Run(count, seed);
foreach (var violation in report.Violations)
{
    Console.WriteLine(violation);
}
Console.Write(report.Describe());
return report.Violations.Count == 0 ? 0 : 1;
