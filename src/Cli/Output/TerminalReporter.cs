namespace ToolchainStore.Cli.Output;

/// <summary>Log lines on standard error, in rustup's form, and progress on a terminal.</summary>
internal sealed class TerminalReporter(CommandContext context) : Reporter, IDisposable
{
    private readonly ProgressDisplay? progress = context.IsQuiet ? null : ProgressDisplay.TryStart();
    private readonly Lock outputLock = new();

    public override void Debug(string message)
    {
        if (context.IsVerbose)
        {
            Write("debug", Style.Magenta, message);
        }
    }

    public override void Info(string message)
    {
        if (!context.IsQuiet)
        {
            Write("info", Style.Plain, message);
        }
    }

    public override void Warn(string message) => Write("warn", Style.Yellow, message);

    public override void Downloaded(string component, long bytes, long? totalBytes) =>
        progress?.Update(component, "downloading", bytes, totalBytes);

    public override void Unpacked(string component, long bytes, long totalBytes) =>
        progress?.Update(component, "unpacking", bytes, totalBytes);

    public override void Completed(string component) => progress?.Complete(component);

    /// <summary>An error that does not end the command.</summary>
    public void Error(StoreException failed) => Error(ErrorText.Format(failed));

    public void Error(string message) => Write("error", Style.Red, message);

    public void Dispose() => progress?.Dispose();

    private void Write(string level, Style style, string message)
    {
        lock (outputLock)
        {
            context.Error.WriteLine($"{style.Apply(level)}: {message}");
        }
    }
}
