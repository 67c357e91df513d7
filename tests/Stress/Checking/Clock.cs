using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>The one monotonic clock of a run, in ticks: that of the kernel, the same for all its processes.</summary>
public static class Clock
{
    private static readonly long started = Now;

    public static long Now => Stopwatch.GetElapsedTime(0).Ticks;

    /// <summary>In seconds since this process began to look at the clock.</summary>
    public static string Format(long ticks) =>
        TimeSpan.FromTicks(ticks - started).TotalSeconds.ToString("0.0000", CultureInfo.InvariantCulture);
}
