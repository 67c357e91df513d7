using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Output;

/// <summary>
/// What <c>--json</c> prints: one object on one line, the number of its format first. docs/json.schema.json describes each. A
/// member that has no value is null, and never missing.
/// </summary>
internal static class JsonResult
{
    /// <summary>Changes only when a member goes or means something else; members may be added at any time.</summary>
    internal const int Format = 1;

    // Names and paths stay readable; what a terminal would obey is escaped all the same.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static Flag CreateFlag() => new("--json", "Print the result as JSON");

    internal static void Write(TextWriter output, Action<JsonMembers> addMembers)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            addMembers(new JsonMembers(writer));
            writer.WriteEndObject();
        }
        output.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }
}

/// <summary>The members of one object. Names are in snake case; sizes are bytes, times are RFC 3339 in UTC.</summary>
internal readonly struct JsonMembers(Utf8JsonWriter writer)
{
    internal void Add(string name, string? value) => writer.WriteString(name, value);

    internal void Add(string name, bool value) => writer.WriteBoolean(name, value);

    internal void Add(string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    /// <param name="name">Of the member.</param>
    /// <param name="unixMilliseconds">As the journal keeps times.</param>
    internal void AddTime(string name, long? unixMilliseconds) => writer.WriteString(
        name,
        unixMilliseconds is { } time ? DateTimeOffset.FromUnixTimeMilliseconds(time).ToString("yyyy-MM-ddTHH:mm:ss.fffZ") : null);

    internal void AddObject(string name, Action<JsonMembers> addMembers)
    {
        writer.WriteStartObject(name);
        addMembers(this);
        writer.WriteEndObject();
    }

    internal void AddList<T>(string name, IEnumerable<T> items, Action<JsonMembers, T> addMembers)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            addMembers(this, item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    internal void AddList(string name, IEnumerable<string> items)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStringValue(item);
        }
        writer.WriteEndArray();
    }
}
