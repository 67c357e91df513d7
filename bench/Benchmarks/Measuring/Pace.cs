using System.Diagnostics;

namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>How often something is repeated: until it is known well enough, or its time is over.</summary>
internal sealed class Pace(TimeSpan time, bool isQuick)
{
    private const double PrecisionOfMilliseconds = 0.05;
    private const double PrecisionOfSeconds = 0.10;
    private const double SecondsFrom = 1;

    // Even when the time is over: a single pair would be an anecdote.
    private const int PairsMin = 3;

    // So much over the time is not worth it any more.
    private const int OverTimeMax = 2;

    // Enough for a hundred pairs of a millisecond row, and too little to matter to the others.
    private static readonly TimeSpan TimeMin = TimeSpan.FromSeconds(2);

    private readonly long startedAt = Stopwatch.GetTimestamp();

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(startedAt);

    /// <summary>
    /// Gives each side its turn, rustup first, which adds its values to the pairs. A part of the row's time is for what
    /// the row measures besides.
    /// </summary>
    internal void Repeat(double shareOfTime, Action<Side> takeTurn, params IReadOnlyList<Pair> pairs)
    {
        var beganAt = Elapsed;
        var planned = (time - beganAt) * shareOfTime;
        var limit = planned > TimeMin ? planned : TimeMin;
        var rounds = 0;
        var nextLook = Statistics.PairsForInterval;
        while (true)
        {
            takeTurn(Side.Rustup);
            takeTurn(Side.Ours);
            rounds++;
            var spent = Elapsed - beganAt;
            if (!isQuick && rounds < PairsMin && spent < limit * OverTimeMax)
            {
                continue;
            }
            if (spent + (spent / rounds) > limit)
            {
                return;
            }
            if (rounds >= nextLook)
            {
                if (pairs.All(IsPrecise))
                {
                    return;
                }
                // Each look costs milliseconds that grow with the values.
                nextLook = rounds + Math.Max(1, rounds / 5);
            }
        }
    }

    /// <summary>Whether another round like those before fits.</summary>
    internal bool HasTimeFor(int roundsBefore) => Elapsed + (Elapsed / roundsBefore) < time;

    /// <summary>Measures a floor a few times: it stands beside a row, and nothing is decided by its last digit.</summary>
    internal Series RepeatFloor(int times, Func<double> measure)
    {
        var series = new Series();
        for (var time = 0; time < (isQuick ? Math.Max(1, times / 5) : times); time++)
        {
            series.Add(measure());
        }
        return series;
    }

    private static bool IsPrecise(Pair pair) =>
        pair.FindInterval() is { } interval
        && interval.IsWithin(
            pair.Rustup.Median < SecondsFrom ? PrecisionOfMilliseconds : PrecisionOfSeconds, pair.Ratio);
}
