using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Output;

/// <summary>
/// Lines on the terminal of standard output: one a component, with bytes, rate and remaining time, drawn again and again
/// where they stand. Whatever else is written goes above them; when the work is over they are gone.
/// </summary>
internal sealed class ProgressDisplay : IDisposable
{
    private const int ColumnsAtLeast = 20;
    private static readonly TimeSpan FrameInterval = TimeSpan.FromMilliseconds(100);

    private readonly Lock frameLock = new();
    private readonly List<ProgressLine> lines = [];
    private readonly Stream terminal = StandardStreams.OpenOutput();
    private Timer? frames;
    private int drawnLines;
    private bool isBroken;

    private ProgressDisplay()
    {
    }

    /// <summary>Null where nobody would see it: in a pipe, on a dumb terminal, or when the user said so.</summary>
    internal static ProgressDisplay? TryStart() => Environment.GetEnvironmentVariable("RUSTUP_TERM_PROGRESS_WHEN") switch
    {
        { } always when always.Equals("always", StringComparison.OrdinalIgnoreCase) => new ProgressDisplay(),
        { } never when never.Equals("never", StringComparison.OrdinalIgnoreCase) => null,
        _ => Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb"
            ? null
            : new ProgressDisplay(),
    };

    internal void Update(string component, Action<ProgressLine> report)
    {
        lock (frameLock)
        {
            var line = lines.Find(line => line.Component == component);
            if (line is null)
            {
                line = new ProgressLine(component, TimeProvider.System);
                lines.Add(line);
            }
            report(line);
            // From the first line on, so that commands without progress never pay for it.
            frames ??= new Timer(_ => Redraw(), null, FrameInterval, FrameInterval);
        }
    }

    /// <summary>A component that was there all the time has no line.</summary>
    internal void Complete(string component)
    {
        lock (frameLock)
        {
            lines.Find(line => line.Component == component)?.Complete();
        }
    }

    /// <summary>Writes something else, above the lines.</summary>
    internal void Interrupt(Action write)
    {
        lock (frameLock)
        {
            Erase();
            write();
            Draw();
        }
    }

    /// <summary>Takes the lines away: nothing moves any more.</summary>
    internal void Finish()
    {
        lock (frameLock)
        {
            Erase();
            lines.Clear();
            frames?.Dispose();
            frames = null;
        }
    }

    public void Dispose() => Finish();

    private void Redraw()
    {
        lock (frameLock)
        {
            Draw();
        }
    }

    private void Draw()
    {
        if (lines.Count == 0)
        {
            return;
        }
        var (columns, rows) = Terminal.Measure();
        // A line that reaches the last column may be broken by the terminal, and then a frame is more lines than it says.
        var width = Math.Max(columns, ColumnsAtLeast) - 1;
        var shown = Choose(Math.Max(rows - 1, 1));
        var longestName = shown.Max(line => line.Component.Length);
        var frame = new StringBuilder(MoveToFirstLine());
        foreach (var line in shown)
        {
            frame.Append(line.Format(width, longestName)).Append("\e[K\n");
        }
        frame.Append("\e[J");
        drawnLines = shown.Count;
        Write(frame.ToString());
    }

    /// <summary>What has scrolled off a terminal cannot be drawn again, so no more than fits; what is complete goes first.</summary>
    private List<ProgressLine> Choose(int linesMax)
    {
        var excess = lines.Count - linesMax;
        return excess <= 0
            ? lines
            : [.. lines.Except(lines.Where(line => line.IsComplete).Take(excess)).TakeLast(linesMax)];
    }

    private void Erase()
    {
        if (drawnLines > 0)
        {
            Write(MoveToFirstLine() + "\e[J");
            drawnLines = 0;
        }
    }

    private string MoveToFirstLine() => drawnLines > 0 ? $"\r\e[{drawnLines}A" : "\r";

    private void Write(string text)
    {
        if (isBroken)
        {
            return;
        }
        try
        {
            terminal.Write(Encoding.UTF8.GetBytes(text));
            terminal.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone. Nobody watches, and the work goes on.
            isBroken = true;
        }
    }
}
