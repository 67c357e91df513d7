using System.Diagnostics;
using ToolchainStore.Tests.Stress;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;
using ToolchainStore.Tests.Stress.Running;

// Runs many processes of the published programs on one home, kills some of them, and checks what came of it.
if (StressOptions.TryParse(args) is not { } options)
{
    Console.Error.WriteLine(StressOptions.Usage);
    return 2;
}
if (FindSources() is not { } sources || !File.Exists(Path.Combine(sources, "out", "rustup-init")))
{
    Console.Error.WriteLine("error: the stress program runs the published programs: run ./build.sh first");
    return 2;
}
Console.WriteLine($"{options.Processes} processes for {options.Seconds} s, seed {options.Seed}");
var started = Stopwatch.GetTimestamp();
var root = options.MeetingFolder ?? Path.Combine(Path.GetTempPath(), $"toolchain-store-stress-{Guid.NewGuid().ToString("N")[..12]}");
var rustupHome = options.RustupHome ?? Path.Combine(root, "rustup");
var meeting = options.MeetingFolder is { } folder ? new Meeting(folder) : null;
if (options.Machine == 2)
{
    new SecondMachine(options, root, rustupHome).Run(meeting!);
    return 0;
}
var counts = new StressRun(options, root, rustupHome, Path.Combine(sources, "out"), meeting).Run(Keep);
Console.WriteLine(
    $"{counts.Commands} commands, {counts.Succeeded} succeeded, {counts.Failed} failed as expected, {counts.Killed} killed, "
    + $"{counts.Proxies} proxies, {counts.Epochs} epochs, {counts.Anomalies.Count} anomalies, {counts.LostUpdates} lost updates, "
    + $"{counts.LeakedFiles} leaked files, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s");
if (counts.Anomalies.Count > 0)
{
    Console.WriteLine($"the home is kept in {root}");
    return 1;
}
if (meeting is null)
{
    Directory.Delete(root, recursive: true);
}
return 0;

void Keep(int epoch, IReadOnlyList<ExecutedCommand> commands, IReadOnlyList<Anomaly> anomalies)
{
    var text = $"seed {options.Seed}, epoch {epoch}\n\n"
        + string.Join("\n\n", anomalies.Select(anomaly => $"{anomaly.Kind}: {anomaly.Text}"))
        + "\n\nall commands of the epoch:\n" + string.Join('\n', commands) + "\n";
    Console.Error.WriteLine(text);
    if (meeting is null)
    {
        var results = Directory.CreateDirectory(Path.Combine(sources, "TestResults")).FullName;
        var file = Path.Combine(results, $"stress-{options.Seed}-{epoch}.txt");
        File.WriteAllText(file, text);
        Console.Error.WriteLine($"kept in {file}");
    }
}

static string? FindSources()
{
    var directory = AppContext.BaseDirectory;
    while (directory is not null && !File.Exists(Path.Combine(directory, "ToolchainStore.sln")))
    {
        directory = Path.GetDirectoryName(directory);
    }
    return directory;
}
