namespace ToolchainStore.Cli;

/// <summary>Which rustup this is.</summary>
internal static class Version
{
    /// <summary>The rustup whose behaviour we have.</summary>
    internal const string Number = "1.29.0";

    /// <summary><c>rustup 1.29.0 (0123abcde 2026-01-02)</c>; <c>(unknown)</c> when built outside git.</summary>
    internal static string Line(string program) =>
        $"{program.Replace("[EXE]", "", StringComparison.Ordinal)} {Number} ({Build})";

    private static string Build => BuildStamp.CommitAndDate;
}
