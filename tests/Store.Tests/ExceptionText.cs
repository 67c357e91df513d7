namespace ToolchainStore.Tests;

internal static class ExceptionText
{
    /// <summary>As the command line prints it.</summary>
    public static string MessageWithCauses(this Exception exception) =>
        exception.InnerException is { } cause ? $"{exception.Message}: {cause.MessageWithCauses()}" : exception.Message;
}
