using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Messages;

/// <summary>
/// The lines that a proxy writes itself, and what stays as its tool's parent: on standard error, in rustup's form. Written without
/// Console, which costs start-up and handles the terminal.
/// </summary>
public sealed class ErrorOutput : Reporter
{
    private static readonly Lazy<MessageFormat> format = new(() =>
        MessageFormat.FromEnvironment(ProcessImage.ReadArguments().Skip(1).Select(Encoding.UTF8.GetString)));

    public static void WriteError(StoreException failed) => Write(format.Value.Format(failed));

    /// <summary>Only RUSTUP_LOG makes a proxy say more than its tool.</summary>
    public static bool MayDebug => Environment.GetEnvironmentVariable(MessageFormat.Variable) is not null;

    public override void Trace(string message) => Write(format.Value.Format(MessageLevel.Trace, message));

    public override void Debug(string message) => Write(format.Value.Format(MessageLevel.Debug, message));

    public override void Info(string message) => Write(format.Value.Format(MessageLevel.Info, message));

    public override void Warn(string message) => Write(format.Value.Format(MessageLevel.Warn, message));

    private static void Write(string? text)
    {
        if (text is null)
        {
            return;
        }
        var shown = TextStyle.IsWanted(StandardStreams.IsErrorTerminal) ? text : TextStyle.Strip(text);
        // A full disk under the log of a build is no reason not to build.
        StandardStreams.WriteError(Encoding.UTF8.GetBytes(shown));
    }
}
