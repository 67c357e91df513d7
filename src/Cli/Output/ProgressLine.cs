namespace ToolchainStore.Cli.Output;

/// <summary>How far one component is: first it is downloaded, then unpacked; both may go on at once.</summary>
internal sealed class ProgressLine(string component, TimeProvider clock)
{
    // As long as the longest word there.
    private const int ActivityWidth = 11;
    private const int AmountWidth = 17;
    private const int RateWidth = 12;
    private const int RemainingWidth = 8;
    private const int ShortestName = 12;
    private const int ShortestBar = 12;
    private const int LongestBar = 40;
    private const string Ellipsis = "...";

    private readonly Stage download = new(clock);
    private readonly Stage unpacking = new(clock);

    internal string Component { get; } = component;

    internal bool IsComplete { get; private set; }

    internal void Downloaded(long bytes, long? totalBytes) => download.Report(bytes, totalBytes);

    internal void Unpacked(long bytes, long totalBytes) => unpacking.Report(bytes, totalBytes);

    internal void Complete() => IsComplete = true;

    /// <summary>One line that fits: names are shortened in their middle, then rate and time are left out, then all else.</summary>
    /// <param name="width">What fits beside each other.</param>
    /// <param name="longestName">Of the lines that are shown together, so that their columns are below each other.</param>
    internal string Format(int width, int longestName)
    {
        var current = unpacking.HasBegun && !download.IsUnderWay ? unpacking : download;
        var activity = IsComplete ? "done" : current == unpacking ? "unpacking" : "downloading";
        var figures = $" {(IsComplete ? current.FormatTotal() : current.FormatAmount()),AmountWidth}";
        var speed = IsComplete ? "" : current.FormatRate().PadLeft(RateWidth) + current.FormatRemaining().PadLeft(RemainingWidth);
        var room = width - ActivityWidth - 1 - figures.Length;
        if (room - RateWidth - RemainingWidth >= Math.Min(longestName, ShortestName))
        {
            figures += speed;
            room -= RateWidth + RemainingWidth;
        }
        var nameWidth = Math.Max(0, Math.Min(longestName, room));
        var barWidth = Math.Min(room - nameWidth - 1, LongestBar);
        var bar = barWidth < ShortestBar ? "" : " " + (IsComplete ? new string(' ', barWidth) : current.FormatBar(barWidth));
        var line = $"{activity,-ActivityWidth} {Shorten(Component, nameWidth).PadRight(nameWidth)}{bar}{figures}".TrimEnd();
        return line.Length <= width ? line : line[..Math.Max(width, 0)];
    }

    /// <summary>Beginning and end tell names apart: a package is at one, its target at the other.</summary>
    private static string Shorten(string name, int width)
    {
        if (name.Length <= width || width <= Ellipsis.Length)
        {
            return name.Length <= width ? name : name[..width];
        }
        var kept = width - Ellipsis.Length;
        return name[..(kept - kept / 2)] + Ellipsis + name[^(kept / 2)..];
    }

    /// <summary>Bytes that come, by whoever's work.</summary>
    private sealed class Stage(TimeProvider clock)
    {
        // A rate is that of the last seconds, so that it follows the link; what was there before is nobody's speed.
        private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(4);
        private static readonly TimeSpan RateNeeds = TimeSpan.FromSeconds(0.5);
        private static readonly TimeSpan SampleInterval = TimeSpan.FromSeconds(0.1);
        private static readonly TimeSpan LongestRemaining = TimeSpan.FromHours(100);

        private readonly LinkedList<(long Timestamp, long Bytes)> samples = [];
        private long bytes;
        private long? totalBytes;

        internal bool HasBegun => samples.Count > 0;

        internal bool IsUnderWay => HasBegun && bytes < totalBytes;

        internal void Report(long reached, long? total)
        {
            if (reached < bytes)
            {
                // It began anew: a file with the wrong digest, or an archive that another process has thrown away.
                samples.Clear();
            }
            bytes = reached;
            totalBytes = total ?? (reached <= totalBytes ? totalBytes : null);
            if (samples.Last is not { } last || clock.GetElapsedTime(last.Value.Timestamp) >= SampleInterval)
            {
                samples.AddLast((clock.GetTimestamp(), reached));
            }
            while (samples.First is { Next: { } second } && clock.GetElapsedTime(second.Value.Timestamp) > RateWindow)
            {
                samples.RemoveFirst();
            }
        }

        internal string FormatAmount() => totalBytes is { } total ? ByteSize.FormatPart(bytes, total) : ByteSize.Format(bytes);

        internal string FormatTotal() => HasBegun ? ByteSize.Format(totalBytes ?? bytes) : "";

        internal string FormatRate() => FindRate() is { } rate ? $"{ByteSize.Format((long)rate)}/s" : "";

        internal string FormatRemaining()
        {
            if (totalBytes is not { } total || FindRate() is not { } rate || rate < 1)
            {
                return "";
            }
            var seconds = Math.Ceiling((total - bytes) / rate);
            if (seconds >= LongestRemaining.TotalSeconds)
            {
                return "";
            }
            var (minutes, rest) = Math.DivRem((int)seconds, 60);
            return minutes >= 60 ? $"{minutes / 60}:{minutes % 60:00}:{rest:00}" : $"{minutes}:{rest:00}";
        }

        internal string FormatBar(int width)
        {
            var inner = width - 2;
            if (totalBytes is not > 0)
            {
                return new string(' ', width);
            }
            var filled = (int)(inner * Math.Min(bytes, totalBytes.Value) / totalBytes.Value);
            return $"[{new string('=', filled)}{(filled < inner ? ">" : "")}".PadRight(width - 1) + "]";
        }

        /// <summary>Bytes a second, a stall included; null while nobody can know.</summary>
        private double? FindRate()
        {
            if (samples.First is not { } first)
            {
                return null;
            }
            var elapsed = clock.GetElapsedTime(first.Value.Timestamp);
            return elapsed < RateNeeds ? null : (bytes - first.Value.Bytes) / elapsed.TotalSeconds;
        }
    }
}
