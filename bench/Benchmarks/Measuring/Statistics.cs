namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>A range that holds the true value with 95 % confidence.</summary>
internal readonly record struct Interval(double From, double To)
{
    internal bool IsWithin(double share, double value) =>
        From >= value * (1 - share) && To <= value * (1 + share);
}

internal static class Statistics
{
    // With fewer, resampling says less than it seems to.
    internal const int PairsForInterval = 6;

    private const int Resamples = 1000;

    internal static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.ToArray();
        return MedianInPlace(sorted);
    }

    /// <summary>
    /// The interval of median(ours) ÷ median(rustup), by resampling pairs: what disturbed the machine during a pair hit
    /// both of it. The same values give the same interval. Null if there are too few.
    /// </summary>
    internal static Interval? RatioInterval(IReadOnlyList<double> rustup, IReadOnlyList<double> ours)
    {
        var count = Math.Min(rustup.Count, ours.Count);
        if (count < PairsForInterval)
        {
            return null;
        }
        var random = new Random(count);
        var ratios = new double[Resamples];
        var sampledRustup = new double[count];
        var sampledOurs = new double[count];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var index = 0; index < count; index++)
            {
                var drawn = random.Next(count);
                sampledRustup[index] = rustup[drawn];
                sampledOurs[index] = ours[drawn];
            }
            ratios[resample] = MedianInPlace(sampledOurs) / MedianInPlace(sampledRustup);
        }
        Array.Sort(ratios);
        return new Interval(ratios[Resamples / 40], ratios[Resamples - 1 - (Resamples / 40)]);
    }

    private static double MedianInPlace(double[] values)
    {
        if (values.Length == 0)
        {
            return double.NaN;
        }
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
