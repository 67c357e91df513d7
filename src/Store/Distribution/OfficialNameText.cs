namespace ToolchainStore.Distribution;

/// <summary>The text of an official name, cut at its dashes: <c>channel[-date][-host]</c>, the host unread.</summary>
internal readonly record struct OfficialNameText(Channel Channel, string? Date, string? Host)
{
    private const int DateLength = 10;

    public static OfficialNameText? TryParse(string text)
    {
        // A version can hold a dash itself (1.95.0-beta.3), so the longer reading is tried first.
        var firstDash = DashAfter(text, 0);
        var secondDash = firstDash < text.Length ? DashAfter(text, firstDash + 1) : firstDash;
        foreach (var end in (ReadOnlySpan<int>)[secondDash, firstDash])
        {
            if (Channel.TryParse(text[..end]) is { } channel)
            {
                return TryParseRest(channel, text[end..]);
            }
        }
        return null;
    }

    private static OfficialNameText? TryParseRest(Channel channel, string rest)
    {
        string? date = null;
        if (rest.Length > DateLength && IsDate(rest.AsSpan(1, DateLength))
            && (rest.Length == DateLength + 1 || rest[DateLength + 1] == '-'))
        {
            date = rest.Substring(1, DateLength);
            rest = rest[(DateLength + 1)..];
        }
        return rest switch
        {
            "" => new OfficialNameText(channel, date, null),
            ['-', _, ..] => new OfficialNameText(channel, date, rest[1..]),
            _ => null,
        };
    }

    private static int DashAfter(string text, int start)
    {
        var dash = text.IndexOf('-', start);
        return dash < 0 ? text.Length : dash;
    }

    /// <summary>The server knows whether there was such a day; here the form is enough.</summary>
    private static bool IsDate(ReadOnlySpan<char> text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (index is 4 or 7 ? text[index] != '-' : !char.IsAsciiDigit(text[index]))
            {
                return false;
            }
        }
        return true;
    }
}
