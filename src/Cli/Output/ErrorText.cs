namespace ToolchainStore.Cli.Output;

/// <summary>How an error looks: <c>error: what failed: why: why that</c>.</summary>
internal static class ErrorText
{
    /// <summary>The error with its causes; what a library threw below them says nothing that they do not.</summary>
    internal static string Format(StoreException failure)
    {
        var text = failure.Message;
        for (var cause = failure.InnerException; cause is StoreException; cause = cause.InnerException)
        {
            text += $": {cause.Message}";
        }
        return text;
    }

    internal static void Write(TextWriter error, StoreException failure) => Write(error, Format(failure));

    internal static void Write(TextWriter error, string sentence) =>
        error.WriteLine($"{Style.Red.Apply("error")}: {sentence}");
}
