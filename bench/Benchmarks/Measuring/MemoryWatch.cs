using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Benchmarks.Measuring;

/// <summary>
/// Looks at a running child's peak memory now and then. What the kernel reports at its end also counts the moment in which
/// the child still was a part of this process, so it says nothing of children that are smaller than this process.
/// </summary>
internal sealed class MemoryWatch : IDisposable
{
    private const string PeakLine = "VmHWM:";
    private const long BytesPerKibibyte = 1024;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly string statusFile;
    private readonly Timer timer;
    private long seenBytes;

    internal MemoryWatch(int pid)
    {
        statusFile = $"/proc/{pid}/status";
        Look();
        timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>The kernel's number where it can be the child's, else the largest that was seen.</summary>
    internal long FindPeak(long reportedBytes)
    {
        using var self = Process.GetCurrentProcess();
        return reportedBytes > self.PeakWorkingSet64 ? reportedBytes : Volatile.Read(ref seenBytes);
    }

    private void Look()
    {
        try
        {
            var line = File.ReadLines(statusFile).FirstOrDefault(line => line.StartsWith(PeakLine, StringComparison.Ordinal));
            // The kernel's own peak: it never sinks. A process that has ended has none.
            if (line is not null)
            {
                var kibibytes = line[PeakLine.Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                Volatile.Write(ref seenBytes, long.Parse(kibibytes, CultureInfo.InvariantCulture) * BytesPerKibibyte);
            }
        }
        catch (IOException)
        {
            // It ended meanwhile; what was seen before stays.
        }
    }

    public void Dispose() => timer.Dispose();
}
