namespace ToolchainStore.Cli.Output;

/// <summary>How an error looks: <c>error: what failed: why: why that</c>.</summary>
internal static class ErrorText
{
    internal static void Write(TextWriter error, Exception failure)
    {
        List<string> causes = [];
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            causes.Add(cause.Message);
        }
        Write(error, string.Join(": ", causes));
    }

    internal static void Write(TextWriter error, string sentence) => error.WriteLine($"error: {sentence}");
}
