using System.Text.Json;
using ToolchainStore.Cli.Commands;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Tests;

/// <summary>What <c>--json</c> prints, and that every command that has it is documented.</summary>
public sealed class Results_as_json
{
    [Fact]
    public void begin_with_the_number_of_their_format_and_take_one_line()
    {
        Assert.Equal("{\"format\":1,\"name\":\"two\\nlines\",\"none\":null}\n", Write(json =>
        {
            json.Add("name", "two\nlines");
            json.Add("none", (long?)null);
        }));
    }

    [Fact]
    public void escape_what_a_terminal_would_obey_and_leave_the_rest_readable() =>
        Assert.Equal("{\"format\":1,\"path\":\"/grün/\\u001B[31m\"}\n", Write(json => json.Add("path", "/grün/\u001b[31m")));

    [Fact]
    public void are_valid_where_a_name_is_not_unicode() => Assert.Equal(
        "/\ufffd/", JsonDocument.Parse(Write(json => json.Add("path", "/\udc80/"))).RootElement.GetProperty("path").GetString());

    [Fact]
    public void say_times_in_utc() =>
        Assert.Equal("{\"format\":1,\"at\":\"2026-01-02T03:04:05.678Z\"}\n", Write(json => json.AddTime("at", 1767323045678)));

    [Fact]
    public void are_described_by_a_schema_for_each_command_that_has_them()
    {
        using var schema = ReadSchema();
        var described = schema.RootElement.GetProperty("anyOf").EnumerateArray()
            .Select(one => one.GetProperty("$ref").GetString()!["#/$defs/".Length..]);

        var root = Rustup.Create(new CommandContext(TextWriter.Null, TextWriter.Null), HelpText.DefaultWidth);
        var printed = List(root).Where(verb => verb.Options.Any(option => option.Name == "--json"))
            .Select(verb => verb.Invocation["rustup[EXE] ".Length..].Replace(' ', '-'));

        Assert.Equal(printed.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    /// <summary>
    /// json-format-1.txt is every member that format 1 has had. A new one is added there; one that goes, or gets another type,
    /// needs a new format.
    /// </summary>
    [Fact]
    public void keep_every_member_that_their_format_has_had()
    {
        var known = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "json-format-1.txt"));
        using var schema = ReadSchema();
        var members = schema.RootElement.GetProperty("$defs").EnumerateObject()
            .SelectMany(one => ListMembers(one.Name, one.Value)).Order(StringComparer.Ordinal).ToList();

        Assert.Equal(known, members);
    }

    private static IEnumerable<string> ListMembers(string path, JsonElement described)
    {
        if (described.TryGetProperty("items", out var items))
        {
            return ListMembers(path + "[]", items).Prepend($"{path}: array");
        }
        if (!described.TryGetProperty("properties", out var properties))
        {
            var kind = described.EnumerateObject().First(about => about.Name is "const" or "enum" or "$ref" or "oneOf" or "type");
            return [$"{path}: {JsonSerializer.Serialize(kind.Value)}"];
        }
        var required = described.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ToHashSet();
        Assert.All(properties.EnumerateObject(), property => Assert.Contains(property.Name, required));
        return properties.EnumerateObject().SelectMany(property => ListMembers($"{path}.{property.Name}", property.Value));
    }

    private static JsonDocument ReadSchema() =>
        JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "json.schema.json")));

    private static IEnumerable<Verb> List(Verb verb) => verb.Verbs.SelectMany(List).Prepend(verb);

    private static string Write(Action<JsonMembers> addMembers)
    {
        var output = new StringWriter { NewLine = "\n" };
        JsonResult.Write(new PlainWriter(output), addMembers);
        return output.ToString();
    }
}
