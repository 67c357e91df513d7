namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>Who is measured.</summary>
internal enum Side
{
    Rustup,
    Ours,
}

/// <summary>One thing per side.</summary>
internal sealed record Both<T>(T Rustup, T Ours)
{
    internal T Of(Side side) => side == Side.Rustup ? Rustup : Ours;

    internal static Both<T> Make(Func<Side, T> make) => new(make(Side.Rustup), make(Side.Ours));
}

/// <summary>Values of one thing measured again and again: seconds, or bytes.</summary>
internal sealed class Series
{
    private readonly List<double> values = [];

    internal IReadOnlyList<double> Values => values;

    internal double Median => Statistics.Median(values);

    internal double Minimum => values.Min();

    internal double Maximum => values.Max();

    internal void Add(double value) => values.Add(value);

    internal void Add(TimeSpan elapsed) => Add(elapsed.TotalSeconds);
}

/// <summary>The same thing measured on both sides in turn; the n-th values were measured one after the other.</summary>
internal sealed class Pair
{
    internal Series Rustup { get; } = new();

    internal Series Ours { get; } = new();

    internal int Count => Math.Min(Rustup.Values.Count, Ours.Values.Count);

    internal double Ratio => Ours.Median / Rustup.Median;

    internal Interval? FindInterval() => Statistics.RatioInterval(Rustup.Values, Ours.Values);

    internal Series Of(Side side) => side == Side.Rustup ? Rustup : Ours;
}
