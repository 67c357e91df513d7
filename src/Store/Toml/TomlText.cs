using System.Text;

namespace ToolchainStore.Toml;

/// <summary>
/// Writes keys and strings as rustup's writer does: the plainest form that needs no escapes, so that a file which
/// both programs write stays the same byte for byte.
/// </summary>
internal static class TomlText
{
    public static string FormatKey(string key)
    {
        if (key.Length > 0 && key.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-'))
        {
            return key;
        }
        var traits = Traits.Of(key);
        return traits.IsLiteral && !traits.IsPlain ? Literal(key) : Basic(key);
    }

    public static string FormatString(string value)
    {
        var traits = Traits.Of(value);
        if (traits.IsPlain)
        {
            return Basic(value);
        }
        if (traits.IsLiteral)
        {
            return Literal(value);
        }
        if (traits is { HasControl: false, HasBackslash: false, DoubleQuotesInRow: <= 2 })
        {
            return MultiLineBasic(value, traits.HasNewline);
        }
        if (traits is { HasControl: false, SingleQuotesInRow: <= 2 })
        {
            return $"'''{(traits.HasNewline ? "\n" : "")}{value}'''";
        }
        return traits.HasNewline ? MultiLineBasic(value, startsOnNewLine: true) : Basic(value);
    }

    private static string Literal(string value) => $"'{value}'";

    private static string Basic(string value)
    {
        StringBuilder text = new("\"");
        foreach (var character in value)
        {
            text.Append(character switch
            {
                '\n' => "\\n",
                '"' => "\\\"",
                _ => Escape(character),
            });
        }
        return text.Append('"').ToString();
    }

    private static string MultiLineBasic(string value, bool startsOnNewLine)
    {
        StringBuilder text = new(startsOnNewLine ? "\"\"\"\n" : "\"\"\"");
        var quotesInRow = 0;
        foreach (var character in value)
        {
            quotesInRow = character == '"' ? quotesInRow + 1 : 0;
            if (quotesInRow == 3)
            {
                quotesInRow = 0;
                text.Append('\\');
            }
            text.Append(character is '\n' or '"' ? character.ToString() : Escape(character));
        }
        return text.Append("\"\"\"").ToString();
    }

    private static string Escape(char character) => character switch
    {
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\f' => "\\f",
        '\r' => "\\r",
        < ' ' or '\x7f' => $"\\u{(int)character:X4}",
        _ => character.ToString(),
    };

    private readonly record struct Traits(
        bool HasControl, bool HasBackslash, bool HasNewline, int DoubleQuotesInRow, int SingleQuotesInRow)
    {
        public bool IsPlain =>
            this is { HasControl: false, HasBackslash: false, HasNewline: false, DoubleQuotesInRow: 0 };

        public bool IsLiteral => this is { HasControl: false, HasNewline: false, SingleQuotesInRow: 0 };

        public static Traits Of(string value) => new(
            HasControl: value.Any(character => character is < ' ' and not ('\t' or '\n') or '\x7f'),
            HasBackslash: value.Contains('\\'),
            HasNewline: value.Contains('\n'),
            DoubleQuotesInRow: LongestRow(value, '"'),
            SingleQuotesInRow: LongestRow(value, '\''));

        private static int LongestRow(string value, char quote)
        {
            var (row, longest) = (0, 0);
            foreach (var character in value)
            {
                row = character == quote ? row + 1 : 0;
                longest = Math.Max(longest, row);
            }
            return longest;
        }
    }
}
