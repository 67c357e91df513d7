using System.Globalization;

namespace ToolchainStore.Cli.Output;

/// <summary>Times as people read them, where this machine is.</summary>
internal static class LocalTime
{
    internal static string Format(long unixMilliseconds) => Format(unixMilliseconds, "yyyy-MM-dd HH:mm");

    internal static string FormatDay(long unixMilliseconds) => Format(unixMilliseconds, "yyyy-MM-dd");

    private static string Format(long unixMilliseconds, string format) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToLocalTime().ToString(format, CultureInfo.InvariantCulture);
}
