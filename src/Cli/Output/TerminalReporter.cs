using ToolchainStore.Messages;

namespace ToolchainStore.Cli.Output;

/// <summary>Log lines on standard error, in rustup's form, and progress on a terminal.</summary>
internal sealed class TerminalReporter(CommandContext context) : Reporter, IDisposable
{
    private readonly ProgressDisplay? progress = context.IsQuiet ? null : ProgressDisplay.TryStart();
    private readonly Lock outputLock = new();

    public override void Trace(string message) => Write(context.Messages.Format(MessageLevel.Trace, message));

    public override void Debug(string message) => Write(context.Messages.Format(MessageLevel.Debug, message));

    public override void Info(string message) => Write(context.Messages.Format(MessageLevel.Info, message));

    public override void Warn(string message) => Write(context.Messages.Format(MessageLevel.Warn, message));

    public override bool ShowsProgress => progress is not null;

    public override void Downloaded(string component, long bytes, long? totalBytes) =>
        progress?.Update(component, line => line.Downloaded(bytes, totalBytes));

    public override void Unpacked(string component, long bytes, long totalBytes) =>
        progress?.Update(component, line => line.Unpacked(bytes, totalBytes));

    public override void Completed(string component) => progress?.Complete(component);

    public override void Finished() => progress?.Finish();

    /// <summary>An error that does not end the command.</summary>
    public void Error(StoreException failed) => Write(context.Messages.Format(failed));

    public void Error(string message) => Write(context.Messages.Format(MessageLevel.Error, message));

    public void Dispose() => progress?.Dispose();

    private void Write(string? text)
    {
        if (text is null)
        {
            return;
        }
        lock (outputLock)
        {
            if (progress is null)
            {
                context.Error.Write(text);
            }
            else
            {
                progress.Interrupt(() => context.Error.Write(text));
            }
        }
    }
}
