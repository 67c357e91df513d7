using System.Globalization;
using System.Text;
using ToolchainStore.Benchmarks.Measuring;
using ToolchainStore.Benchmarks.Rows;

namespace ToolchainStore.Benchmarks;

/// <summary>A row and what came of it.</summary>
internal sealed record MeasuredRow(Row Row, IReadOnlyList<Line> Lines, TimeSpan Elapsed);

/// <summary>The results as Markdown: one table, then how each row is measured.</summary>
internal sealed class Report(BenchmarkOptions options, string rustupVersion)
{
    internal const string TableHead =
        "| what | rustup | ours | ratio | at most | floor | reached |\n|---|---|---|---|---|---|---|";

    private const string Arguments = "--mirror DIR --real-rustup PATH";

    internal string Format(IReadOnlyList<MeasuredRow> rows, TimeSpan elapsed)
    {
        var text = new StringBuilder();
        _ = text.AppendLine("# Results").AppendLine()
            .AppendLine("Written by `bench/run`; the same command measures everything again:").AppendLine()
            .AppendLine($"    bench/run {Arguments}{(options.IsQuick ? " --quick" : "")}{FormatOnly()}").AppendLine()
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

    private static string DescribeMachine(TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        Machine: {Environment.ProcessorCount} cores ({ReadProcessor()}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB of memory, {new DriveInfo(Path.GetTempPath()).DriveFormat}, Linux {Environment.OSVersion.Version}.
        Measured in {elapsed.TotalMinutes:0} minutes.
        """);

    private static string ReadProcessor() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ", 2)[^1]
        ?? "unknown";

    private static string FormatSection(MeasuredRow measured)
    {
        var text = new StringBuilder();
        _ = text.AppendLine($"## {measured.Row.Title}").AppendLine()
            .AppendLine(measured.Row.How).AppendLine()
            .AppendLine($"    bench/run {Arguments} --only {measured.Row.Id}").AppendLine();
        foreach (var line in measured.Lines)
        {
            var facts = (string[])
            [
                .. line.NotMeasured is { } reason ? [$"not measured: {reason}"] : (string[])[],
                .. line.Pair is { } pair ? [$"{pair.Count} pairs"] : (string[])[],
                .. line.OursAlone is { } alone ? [$"{alone.Values.Count} times"] : (string[])[],
                .. line.Conditions.Select(condition => $"{condition.Text} ({(condition.IsMet ? "met" : "not met")})"),
                .. line.Remarks,
            ];
            _ = text.AppendLine($"* {line.What}: {string.Join("; ", facts)}");
        }
        return text.ToString();
    }

    private static string FormatRatio(Pair? pair) =>
        pair is null
            ? "–"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{pair.Ratio:0.00}{(pair.FindInterval() is { } interval ? $" ({interval.From:0.00} – {interval.To:0.00})" : "")}");

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
