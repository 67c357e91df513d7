using Tomlyn;
using Tomlyn.Parsing;

namespace ToolchainStore.Toml;

/// <summary>
/// Reads a TOML document from top to bottom, once: the caller asks for the next key of a table and then reads or
/// skips its value. Errors show the line, as rustup does.
/// </summary>
/// <remarks>A table that the document opens twice is also met twice; callers add to what they have.</remarks>
internal sealed class TomlCursor
{
    private readonly string text;
    private readonly TomlParser parser;

    /// <summary>The keys with plain values met so far, for each table that we are inside of.</summary>
    private readonly List<List<string>> keysByDepth = [];

    private int depth = -1;
    private TomlPlace key = TomlPlace.Start;

    /// <summary>Starts inside the document's root table.</summary>
    public TomlCursor(string text)
    {
        this.text = text;
        parser = TomlParser.Create(text);
        Advance();
        Advance();
        EnterTable();
    }

    /// <summary>Where the key is that was read last.</summary>
    public TomlPlace Key => key;

    private TomlParseEvent Current => parser.Current;

    /// <summary>The next key of the current table; null at its end, which also leaves it.</summary>
    public string? NextKey()
    {
        Advance();
        if (Current.Kind == TomlParseEventKind.EndTable)
        {
            depth--;
            return null;
        }
        key = Here();
        var name = parser.GetPropertyName();
        Advance();
        if (Current.Kind is not (TomlParseEventKind.StartTable or TomlParseEventKind.StartArray))
        {
            var keys = keysByDepth[depth];
            if (keys.Contains(name))
            {
                throw Failure(key, "duplicate key");
            }
            keys.Add(name);
        }
        return name;
    }

    public void EnterTable(string expected = "a map")
    {
        Expect(TomlParseEventKind.StartTable, expected);
        depth++;
        if (depth == keysByDepth.Count)
        {
            keysByDepth.Add([]);
        }
        keysByDepth[depth].Clear();
    }

    public void EnterArray() => Expect(TomlParseEventKind.StartArray, "a sequence");

    /// <summary>Moves to the next item of the current array; false at its end.</summary>
    public bool NextItem()
    {
        Advance();
        return Current.Kind != TomlParseEventKind.EndArray;
    }

    public string ReadString(string expected = "a string")
    {
        Expect(TomlParseEventKind.String, expected);
        return parser.GetString();
    }

    public bool ReadBoolean()
    {
        Expect(TomlParseEventKind.Boolean, "a boolean");
        return Current.GetBoolean();
    }

    public List<string> ReadStrings()
    {
        EnterArray();
        List<string> strings = [];
        while (NextItem())
        {
            strings.Add(ReadString());
        }
        return strings;
    }

    /// <summary>Reads one of a few texts; <paramref name="variants"/> says which, for the error.</summary>
    public T ReadVariant<T>(Func<string, T?> parse, params ReadOnlySpan<string> variants)
        where T : struct
    {
        if (Current.Kind != TomlParseEventKind.String)
        {
            throw Failure(Here(), "wanted string or table");
        }
        var name = parser.GetString();
        return parse(name) ?? throw Failure(Here(), $"unknown variant `{name}`, expected {List(variants)}");
    }

    public void SkipValue()
    {
        var open = 0;
        do
        {
            open += Current.Kind switch
            {
                TomlParseEventKind.StartTable or TomlParseEventKind.StartArray => 1,
                TomlParseEventKind.EndTable or TomlParseEventKind.EndArray => -1,
                _ => 0,
            };
        }
        while (open > 0 && Advance());
    }

    public StoreException MissingField(string name, TomlPlace table) => Failure(table, $"missing field `{name}`");

    private StoreException Failure(TomlPlace place, string message) => TomlFailure.At(text, place, message);

    private void Expect(TomlParseEventKind kind, string expected)
    {
        if (Current.Kind != kind)
        {
            throw Failure(Here(), $"invalid type: {Found()}, expected {expected}");
        }
    }

    private string Found()
    {
        var written = Current.Span is { } span ? text.Substring(span.Offset, span.Length) : "";
        return Current.Kind switch
        {
            TomlParseEventKind.String => $"string \"{parser.GetString()}\"",
            TomlParseEventKind.Integer => $"integer `{written}`",
            TomlParseEventKind.Float => $"floating point `{written}`",
            TomlParseEventKind.Boolean => $"boolean `{written}`",
            TomlParseEventKind.StartArray => "sequence",
            _ => "map",
        };
    }

    private TomlPlace Here() => Current.Span is { } span
        ? new TomlPlace(Current.Line, Current.Column, span.Length)
        : key.WholeLine;

    private bool Advance()
    {
        try
        {
            return parser.MoveNext();
        }
        catch (TomlException exception)
        {
            throw TomlFailure.From(text, exception);
        }
    }

    private static string List(ReadOnlySpan<string> variants) => variants switch
    {
        [var only] => $"`{only}`",
        [var first, var second] => $"`{first}` or `{second}`",
        _ => $"one of {string.Join(", ", variants.ToArray().Select(variant => $"`{variant}`"))}",
    };
}
