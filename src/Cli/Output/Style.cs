namespace ToolchainStore.Cli.Output;

/// <summary>How a word is set off on a terminal; plain text everywhere else.</summary>
internal readonly record struct Style(string Code)
{
    internal static Style Plain { get; } = new("1");

    internal static Style Red { get; } = new("1;31");

    internal static Style Yellow { get; } = new("1;33");

    internal static Style Magenta { get; } = new("1;35");

    private static readonly bool isColoured = Environment.GetEnvironmentVariable("RUSTUP_TERM_COLOR") switch
    {
        { } always when always.Equals("always", StringComparison.OrdinalIgnoreCase) => true,
        { } never when never.Equals("never", StringComparison.OrdinalIgnoreCase) => false,
        _ => !Console.IsErrorRedirected
            && Environment.GetEnvironmentVariable("TERM") is { Length: > 0 } terminal
            && terminal != "dumb",
    };

    internal string Apply(string word) => isColoured ? $"\u001b[{Code}m{word}\u001b[0m" : word;
}
