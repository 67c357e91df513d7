using System.Text;

namespace ToolchainStore.Proxy;

/// <summary>The lines a proxy writes itself: on standard error, in rustup's form. Written without Console, which costs start-up.</summary>
internal sealed class ErrorOutput : Reporter
{
    public static void WriteError(StoreException failed)
    {
        var text = new StringBuilder("error: ").Append(failed.Message);
        for (var cause = failed.InnerException; cause is StoreException; cause = cause.InnerException)
        {
            text.Append(": ").Append(cause.Message);
        }
        Write(text.Append('\n').ToString());
    }

    public override void Info(string message) => Write($"info: {message}\n");

    public override void Warn(string message) => Write($"warn: {message}\n");

    private static void Write(string text)
    {
        using var error = Console.OpenStandardError();
        error.Write(Encoding.UTF8.GetBytes(text));
    }
}
