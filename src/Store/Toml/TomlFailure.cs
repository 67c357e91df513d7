using Tomlyn;

namespace ToolchainStore.Toml;

/// <summary>Says what is wrong with a TOML document, and shows where, in the form that rustup's users know.</summary>
internal static class TomlFailure
{
    public static StoreException At(string text, TomlPlace place, string message)
    {
        var lines = text.Split('\n');
        var line = place.Line <= lines.Length ? lines[place.Line - 1].TrimEnd('\r') : "";
        var number = place.Line.ToString();
        var margin = new string(' ', number.Length);
        var blanks = new string(' ', place.Column - 1);
        var marks = new string('^', Math.Clamp(line.Length - blanks.Length, 1, Math.Max(place.Width, 1)));
        return new StoreException(StoreErrorKind.Corrupt, $"""
            TOML parse error at line {number}, column {place.Column}
            {margin} |
            {number} | {line}
            {margin} | {blanks}{marks}
            {message}

            """.ReplaceLineEndings("\n"));
    }

    public static StoreException From(string text, TomlException exception)
    {
        var place = new TomlPlace(exception.Line ?? 1, exception.Column ?? 1, exception.Span?.Length ?? 1);
        var message = exception.Diagnostics.Count > 0 ? exception.Diagnostics[0].Message.TrimEnd() : exception.Message;
        // What people get wrong most, in the words that they know.
        return message switch
        {
            _ when message.StartsWith("Expected `=` after key", StringComparison.Ordinal) =>
                At(text, place with { Width = 1 }, "key with no value, expected `=`"),
            _ when message.StartsWith("Unexpected token", StringComparison.Ordinal) =>
                At(text, place, "string values must be quoted, expected literal string"),
            _ when message.StartsWith("Invalid newline in a string", StringComparison.Ordinal) =>
                At(text, place, "invalid basic string, expected `\"`"),
            _ when message.StartsWith("Expected `]`", StringComparison.Ordinal) =>
                At(text, place, "unclosed table, expected `]`"),
            _ => At(text, place, message),
        };
    }
}
