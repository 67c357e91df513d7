using System.Globalization;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>A time that must not grow with what is installed.</summary>
internal static class Flat
{
    internal static Condition Compare(double among, double alone, string what, double atMost) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"flat: at most {atMost} × ours with 1 {what} ({Quantity.FormatSeconds(alone)}); is {among / alone:0.00} ×"),
        among <= atMost * alone);
}
