using System.Globalization;

namespace ToolchainStore.Cli.Output;

/// <summary>Times as people read them, where this machine is.</summary>
internal static class LocalTime
{
    internal static string Format(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
