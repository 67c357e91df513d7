using Spectre.Console;

namespace ToolchainStore.Cli.Output;

/// <summary>Bars on the terminal of standard output: one a component, with bytes, rate and remaining time.</summary>
internal sealed class ProgressDisplay : IDisposable
{
    private readonly Dictionary<string, ProgressTask> bars = new(StringComparer.Ordinal);
    private readonly Lock barsLock = new();
    private readonly ManualResetEventSlim isOver = new();
    private readonly TaskCompletionSource<ProgressContext> context = new();
    private Thread? display;

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

    internal void Update(string component, string activity, long bytes, long? totalBytes)
    {
        lock (barsLock)
        {
            Start();
            if (!bars.TryGetValue(component, out var bar))
            {
                bar = context.Task.Result.AddTask(component.EscapeMarkup());
                bars[component] = bar;
            }
            bar.Description = $"{activity} {component}".EscapeMarkup();
            bar.IsIndeterminate = totalBytes is null;
            bar.MaxValue = Math.Max(totalBytes ?? bytes, 1);
            bar.Value = bytes;
        }
    }

    internal void Complete(string component)
    {
        lock (barsLock)
        {
            if (bars.TryGetValue(component, out var bar))
            {
                bar.Description = component.EscapeMarkup();
                bar.Value = bar.MaxValue;
                bar.StopTask();
            }
        }
    }

    public void Dispose()
    {
        isOver.Set();
        display?.Join();
        isOver.Dispose();
    }

    /// <summary>The display runs from the first bar on, so that commands without progress never pay for it.</summary>
    private void Start()
    {
        if (display is not null)
        {
            return;
        }
        display = new Thread(() => AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .Start(started =>
            {
                context.SetResult(started);
                isOver.Wait();
            }))
        { IsBackground = true };
        display.Start();
    }
}
