using System.Globalization;
using System.Text;
using ToolchainStore.Benchmarks.Measuring;
using ToolchainStore.Benchmarks.Rows;

namespace ToolchainStore.Benchmarks;

/// <summary>A row and what came of it.</summary>
internal sealed record MeasuredRow(Row Row, IReadOnlyList<Line> Lines, TimeSpan Elapsed);

/// <summary>The results as Markdown: one table, then how each row is measured.</summary>
internal sealed class Report(BenchmarkOptions options, string rustupVersion, string loadAtStart)
{
    internal const string TableHead =
        "| what | rustup | ours | ratio | at most | floor | reached |\n|---|---|---|---|---|---|---|";

    // Below it two digits say too little.
    private const double SmallRatio = 0.05;

    private const string Arguments = "--mirror DIR --real-rustup PATH";

    internal string Format(IReadOnlyList<MeasuredRow> rows, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        _ = text.AppendLine("# Results").AppendLine()
            .AppendLine("Written by `bench/run`; the same command measures everything again:").AppendLine()
            .AppendLine($"    bench/run {Arguments}{FormatQuick()}{FormatOnly()}").AppendLine()
            .AppendLine(DescribeMethod()).AppendLine()
            .AppendLine(TableHead);
        foreach (var line in rows.SelectMany(row => row.Lines))
        {
            _ = text.AppendLine(FormatLine(line));
        }
        _ = text.AppendLine().AppendLine(DescribeMachine(elapsed));
        foreach (var row in rows)
        {
            _ = text.AppendLine().Append(FormatSection(row));
        }
        return text.ToString();
    }

    internal static string FormatLine(Line line)
    {
        if (line.NotMeasured is { } reason)
        {
            return $"| {line.What} | {line.InsteadOfRustup ?? "–"} | {reason} | – | {line.Goal?.Text ?? "–"} | – | – |";
        }
        var rustup = line.InsteadOfRustup
            ?? (line.Pair is { } pair ? Quantity.Format(pair.Rustup, line.IsBytes) : "–");
        var ours = (line.Pair?.Ours ?? line.OursAlone) is { } series ? Quantity.Format(series, line.IsBytes) : "–";
        var goals = (string[])
        [
            .. line.Goal is null ? [] : (string[])[line.Goal.Text],
            .. line.Conditions.Select(condition => condition.Text.Split(':')[0]),
        ];
        return $"| {line.What} | {rustup} | {ours} | {FormatRatio(line.Pair)} | "
            + $"{(goals.Length == 0 ? "–" : string.Join(", ", goals))} | {FormatFloor(line)} | {FormatVerdict(line.Judge())} |";
    }

    private string FormatQuick() => options.IsQuick ? " --quick" : "";

    private string FormatOnly() => options.Only.Count == 0 ? "" : $" --only {string.Join(',', options.Only)}";

    private string DescribeMethod()
    {
        var precision = options.IsQuick
            ? "This was a quick run: its intervals are wide, and where there are fewer than "
                + $"{Statistics.PairsForInterval} pairs there are none."
            : "Pairs are repeated until the interval of the ratio is within 5 % of it (10 % from a second on) or the row's "
                + "time is over.";
        return $"""
            "rustup" is {rustupVersion}. Both programs take turns, rustup first. Numbers are medians (minimum – maximum) of all
            turns. Ratio: ours ÷ rustup, below 1 ours is faster, with the interval that holds it with 95 % confidence (pairs
            resampled). {precision}
            Where the floor is above the goal, the goal is 1.2 × the floor. Reached: "?" where there were too few
            pairs for an interval, "undecided" where the goal lies in it.
            """;
    }

    private string DescribeMachine(TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        Machine: {Environment.ProcessorCount} cores ({ReadProcessor()}),
        {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB of memory,
        {new DriveInfo(Path.GetTempPath()).DriveFormat}, Linux {Environment.OSVersion.Version}.
        Measured in {elapsed.TotalMinutes:0} minutes; how many processes wanted a core before: {loadAtStart}.
        """);

    private static string ReadProcessor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1]
        ?? "unknown";

    private string FormatSection(MeasuredRow measured)
    {
        var text = new StringBuilder();
        _ = text.AppendLine($"## {measured.Row.Title}").AppendLine()
            .AppendLine(measured.Row.How).AppendLine()
            .AppendLine($"    bench/run {Arguments}{FormatQuick()} --only {measured.Row.Id}").AppendLine();
        foreach (var line in measured.Lines)
        {
            var facts = (string[])
            [
                .. line.NotMeasured is { } reason ? [$"not measured: {reason}"] : (string[])[],
                .. line.Pair is { } pair ? [FormatCount(pair.Count, "pair")] : (string[])[],
                .. line.OursAlone is { } alone ? [FormatCount(alone.Values.Count, "run")] : (string[])[],
                .. line.Conditions.Select(condition => $"{condition.Text} ({(condition.IsMet ? "met" : "not met")})"),
                .. line.Remarks,
            ];
            _ = text.AppendLine($"* {line.What}: {string.Join("; ", facts)}");
        }
        return text.ToString();
    }

    private static string FormatCount(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string FormatRatio(Pair? pair)
    {
        if (pair is null)
        {
            return "–";
        }
        var digits = Math.Abs(pair.Ratio) < SmallRatio ? "0.0000" : "0.00";
        return pair.FindInterval() is { } interval
            ? $"{Format(pair.Ratio)} ({Format(interval.From)} – {Format(interval.To)})"
            : Format(pair.Ratio);

        string Format(double ratio) => ratio.ToString(digits, CultureInfo.InvariantCulture);
    }

    private static string FormatFloor(Line line) =>
        line.Floor is { } floor ? $"{Quantity.Format(floor.Value, line.IsBytes)} ({floor.What})" : "–";

    private static string FormatVerdict(Verdict verdict) => verdict switch
    {
        Verdict.Reached => "yes",
        Verdict.ProbablyReached => "yes?",
        Verdict.Undecided => "undecided",
        Verdict.ProbablyMissed => "no?",
        Verdict.Missed => "no",
        _ => "–",
    };
}
