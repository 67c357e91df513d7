using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>What is measured together, and can be measured alone.</summary>
/// <param name="Id">For <c>--only</c>.</param>
/// <param name="Title">A heading.</param>
/// <param name="How">How exactly it is measured; Markdown.</param>
/// <param name="Weight">Its share of the time, compared with the other rows.</param>
/// <param name="Measure">Measures it within the time of the pace.</param>
internal sealed record Row(string Id, string Title, string How, double Weight, Func<Pace, IReadOnlyList<Line>> Measure);

/// <summary>One line of the table.</summary>
internal sealed record Line(string What)
{
    internal Pair? Pair { get; init; }

    /// <summary>For what rustup has no counterpart of.</summary>
    internal Series? OursAlone { get; init; }

    /// <summary>Said instead of rustup's number.</summary>
    internal string? InsteadOfRustup { get; init; }

    internal Goal? Goal { get; init; }

    internal Floor? Floor { get; init; }

    internal bool IsBytes { get; init; }

    internal IReadOnlyList<Condition> Conditions { get; init; } = [];

    internal IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Why there is no number.</summary>
    internal string? NotMeasured { get; init; }

    // Of fewer values nobody knows how far the next would be off.
    private bool IsDoubtful =>
        Pair is not null ? Pair.FindInterval() is null : OursAlone?.Values.Count < Statistics.PairsForInterval;

    internal Verdict Judge()
    {
        if (NotMeasured is not null || (Goal is null && Conditions.Count == 0))
        {
            return Verdict.None;
        }
        if (Conditions.Any(condition => !condition.IsMet))
        {
            return IsDoubtful ? Verdict.ProbablyMissed : Verdict.Missed;
        }
        if (Goal is null)
        {
            return IsDoubtful ? Verdict.ProbablyReached : Verdict.Reached;
        }
        if (Pair is null || Goal.FindLimit(Pair.Rustup.Median, Floor?.Value) is not { } limit)
        {
            return Verdict.None;
        }
        var isReached = Pair.Ours.Median <= limit;
        if (Pair.FindInterval() is not { } interval)
        {
            return isReached ? Verdict.ProbablyReached : Verdict.ProbablyMissed;
        }
        var limitRatio = limit / Pair.Rustup.Median;
        return limitRatio > interval.From && limitRatio < interval.To
            ? Verdict.Undecided
            : isReached ? Verdict.Reached : Verdict.Missed;
    }
}

/// <summary>What the machine cannot do faster.</summary>
internal sealed record Floor(double Value, string What);

/// <summary>What must hold besides the goal.</summary>
internal sealed record Condition(string Text, bool IsMet);

internal enum Verdict
{
    None,
    Reached,
    ProbablyReached,
    Undecided,
    ProbablyMissed,
    Missed,
}
