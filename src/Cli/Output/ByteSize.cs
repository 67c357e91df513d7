using System.Globalization;

namespace ToolchainStore.Cli.Output;

/// <summary>Sizes as people read them, in powers of 1024.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static string Format(long bytes)
    {
        var unit = FindUnit(bytes);
        return $"{FormatIn(bytes, unit)} {Units[unit]}";
    }

    /// <summary>As <c>15.7/130.1 MiB</c>.</summary>
    internal static string FormatPart(long bytes, long totalBytes)
    {
        var unit = FindUnit(totalBytes);
        return $"{FormatIn(bytes, unit)}/{FormatIn(totalBytes, unit)} {Units[unit]}";
    }

    private static int FindUnit(long bytes)
    {
        var unit = 0;
        for (var value = bytes; value >= 1024 && unit < Units.Length - 1; value /= 1024)
        {
            unit++;
        }
        return unit;
    }

    private static string FormatIn(long bytes, int unit) =>
        (bytes / Math.Pow(1024, unit)).ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture);
}
