using System.Globalization;
using ToolchainStore.Tests.Corruption;

// Corrupts copies of a store at random, and demands that it is found, repaired or named, and that nothing crashes. With --programs, the
// folder that ./build.sh publishes to, what it publishes is run as well.
var count = 1000;
var seed = 2026;
string? programs = null;
for (var index = 0; index + 1 < args.Length; index += 2)
{
    var value = args[index + 1];
    switch (args[index])
    {
        case "--count":
            count = int.Parse(value, CultureInfo.InvariantCulture);
            break;
        case "--seed":
            seed = int.Parse(value, CultureInfo.InvariantCulture);
            break;
        case "--programs":
            programs = Path.GetFullPath(value);
            break;
        default:
            Console.Error.WriteLine("usage: corruption [--count N] [--seed N] [--programs DIR]");
            return 2;
    }
}
var report = CorruptionRun.Run(count, seed, programs);
foreach (var violation in report.Violations)
{
    Console.WriteLine(violation);
}
Console.Write(report.Describe());
return report.Violations.Count == 0 ? 0 : 1;
