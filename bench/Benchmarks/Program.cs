using System.Diagnostics;
using System.Runtime.InteropServices;
using ToolchainStore.Benchmarks;
using ToolchainStore.Benchmarks.Fixtures;
using ToolchainStore.Benchmarks.Measuring;
using ToolchainStore.Benchmarks.Rows;

// Measures ours beside rustup, and writes the results. bench/run says how to call it.
if (BenchmarkOptions.TryParse(args) is not { } options)
{
    return 2;
}
var rowMax = TimeSpan.FromMinutes(10);
var allMax = TimeSpan.FromMinutes(options.IsQuick ? 5 : 60);

using var interruption = new CancellationTokenSource();
// Interrupted or not, servers are stopped and what was made is removed.
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);

// What else the machine does, in the minute before.
var loadAtStart = File.ReadAllText("/proc/loadavg").Split(' ')[0];
var startedAt = Stopwatch.GetTimestamp();
var measured = new List<MeasuredRow>();
var failures = 0;
try
{
    using var workbench = new Workbench(options, interruption.Token);
    var allRows = RowList.Make(workbench);
    if (options.Only.FirstOrDefault(id => allRows.All(row => row.Id != id)) is { } unknown)
    {
        Console.Error.WriteLine(
            $"error: there is no row '{unknown}'; there are {string.Join(", ", allRows.Select(row => row.Id))}");
        return 2;
    }
    var rows = allRows.Where(row => options.Only.Count == 0 || options.Only.Contains(row.Id)).ToList();
    Console.WriteLine(Report.TableHead);
    for (var index = 0; index < rows.Count; index++)
    {
        // What a row leaves of its time is everybody's after it.
        var left = allMax - Stopwatch.GetElapsedTime(startedAt);
        var time = left * (rows[index].Weight / rows.Skip(index).Sum(row => row.Weight));
        Measure(rows[index], time < rowMax ? time : rowMax);
    }
    File.WriteAllText(
        options.Output,
        new Report(options, workbench.RustupVersion, loadAtStart).Format(measured, Stopwatch.GetElapsedTime(startedAt)));
    Console.WriteLine($"written to {options.Output}");
    return failures == 0 ? 0 : 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("interrupted; nothing was written");
    return 130;
}
catch (BenchmarkException exception)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 1;
}

void Measure(Row row, TimeSpan time)
{
    var rowStartedAt = Stopwatch.GetTimestamp();
    IReadOnlyList<Line> lines;
    try
    {
        lines = row.Measure(new Pace(time < TimeSpan.Zero ? TimeSpan.Zero : time, options.IsQuick));
    }
    catch (BenchmarkException exception)
    {
        failures++;
        lines = [new Line(row.Title) { NotMeasured = $"failed: {exception.Message.ReplaceLineEndings(" ")}" }];
    }
    var elapsed = Stopwatch.GetElapsedTime(rowStartedAt);
    measured.Add(new MeasuredRow(row, lines, elapsed));
    foreach (var line in lines)
    {
        Console.WriteLine(Report.FormatLine(line));
    }
    Console.Error.WriteLine($"{row.Id}: {elapsed.TotalSeconds:0} s");
}

void Interrupt(PosixSignalContext context)
{
    context.Cancel = true;
    interruption.Cancel();
}
