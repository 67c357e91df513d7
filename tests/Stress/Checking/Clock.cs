using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>The one monotonic clock of a run, in ticks since its start.</summary>
public static class Clock
{
    private static readonly long started = Stopwatch.GetTimestamp();

    public static long Now => Stopwatch.GetElapsedTime(started).Ticks;

    public static string Format(long ticks) =>
        TimeSpan.FromTicks(ticks).TotalSeconds.ToString("0.0000", CultureInfo.InvariantCulture);
}
