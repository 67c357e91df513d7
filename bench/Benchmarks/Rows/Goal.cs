using System.Globalization;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>What a line has to be at most.</summary>
internal abstract record Goal
{
    // Where even the floor is above the goal, this much of the floor is the goal.
    private const double AboveUnreachableFloor = 1.2;

    private Goal()
    {
    }

    internal abstract string Text { get; }

    /// <summary>The limit for ours, as a value; null if it needs a floor that was not measured.</summary>
    internal abstract double? FindLimit(double rustup, double? floor);

    /// <summary>A part of what rustup takes.</summary>
    internal sealed record Ratio(double AtMost) : Goal
    {
        internal override string Text => string.Create(CultureInfo.InvariantCulture, $"{AtMost} ×");

        internal override double? FindLimit(double rustup, double? floor) =>
            floor > AtMost * rustup ? AboveUnreachableFloor * floor : AtMost * rustup;
    }

    /// <summary>A part of what rustup takes, and a number of bytes.</summary>
    internal sealed record RatioAndBytes(double AtMost, double Bytes) : Goal
    {
        internal override string Text =>
            string.Create(CultureInfo.InvariantCulture, $"{AtMost} ×, below {Bytes / 1e6} MB");

        internal override double? FindLimit(double rustup, double? floor) => Math.Min(AtMost * rustup, Bytes);
    }

    /// <summary>The floor and a little.</summary>
    internal sealed record AboveFloor(double Seconds) : Goal
    {
        internal override string Text => string.Create(CultureInfo.InvariantCulture, $"floor + {Seconds * 1000} ms");

        internal override double? FindLimit(double rustup, double? floor) => floor + Seconds;
    }
}
