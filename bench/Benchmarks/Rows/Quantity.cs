using System.Globalization;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>How numbers look.</summary>
internal static class Quantity
{
    internal static string Format(Series series, bool isBytes = false) =>
        $"{Format(series.Median, isBytes)} ({Format(series.Minimum, isBytes)} – {Format(series.Maximum, isBytes)})";

    internal static string Format(double value, bool isBytes) =>
        isBytes ? string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:0} MB") : FormatSeconds(value);

    internal static string FormatSeconds(double seconds) => Math.Abs(seconds) switch
    {
        < 0.1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0.00} ms"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1000:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s"),
    };
}
