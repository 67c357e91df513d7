using System.Buffers;
using System.Text;

namespace ToolchainStore.Messages;

/// <summary>What nobody is to read over a shoulder or in a log: names and passwords in urls.</summary>
public static class Credentials
{
    private const string SchemeEnd = "://";
    private const string Hidden = "***";

    private static readonly SearchValues<char> serverEnd = SearchValues.Create("/?# \t\n'\"`");

    /// <summary>The text with three stars for what is before the <c>@</c> of a url's server.</summary>
    public static string Hide(string text)
    {
        var scheme = text.IndexOf(SchemeEnd, StringComparison.Ordinal);
        if (scheme < 0)
        {
            return text;
        }
        var shown = new StringBuilder(text.Length);
        var copied = 0;
        for (; scheme >= 0; scheme = text.IndexOf(SchemeEnd, copied, StringComparison.Ordinal))
        {
            var start = scheme + SchemeEnd.Length;
            var length = text.AsSpan(start).IndexOfAny(serverEnd);
            var server = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length);
            shown.Append(text.AsSpan(copied, start - copied));
            copied = start;
            if (server.LastIndexOf('@') is > 0 and var at)
            {
                shown.Append(Hidden);
                copied += at;
            }
        }
        return shown.Append(text.AsSpan(copied)).ToString();
    }
}
