using System.Globalization;

namespace ToolchainStore.Cli.Grammar;

/// <summary>Numbers and durations on the command line.</summary>
internal static class AmountText
{
    private static readonly TimeSpan DurationMax = TimeSpan.FromDays(100 * 365);

    internal static int? TryParseCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    internal static string? FindCountFault(string text) => TryParseCount(text) is null ? "not a number" : null;

    /// <summary>A number of days, hours or minutes: <c>30d</c>, <c>12h</c>, <c>90m</c>; a hundred years at most.</summary>
    internal static TimeSpan? TryParseDuration(string? text)
    {
        if (text is not { Length: > 1 } || TryParseCount(text[..^1]) is not { } count)
        {
            return null;
        }
        var minutes = text[^1] switch
        {
            'd' => count * 24L * 60,
            'h' => count * 60L,
            'm' => count,
            _ => -1,
        };
        return minutes >= 0 && minutes <= DurationMax.TotalMinutes ? TimeSpan.FromMinutes(minutes) : null;
    }

    internal static string? FindDurationFault(string text) =>
        TryParseDuration(text) is null ? "not a duration such as '30d', '12h' or '90m'" : null;
}
