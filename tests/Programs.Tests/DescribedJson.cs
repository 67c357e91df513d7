using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>What a command printed, which must be all that docs/json.schema.json describes, and nothing else.</summary>
internal static class DescribedJson
{
    private static readonly string schema = File.ReadAllText(FindSchema());

    /// <param name="name">Of the command's definition in the schema.</param>
    /// <param name="output">One object on one line.</param>
    internal static JsonObject Parse(string name, string output)
    {
        Assert.Equal(output.Length - 1, output.IndexOf('\n', StringComparison.Ordinal));
        var strict = JsonNode.Parse(schema)!;
        Assert.NotNull(strict["$defs"]![name]);
        Close(strict);
        strict.AsObject().Remove("anyOf");
        strict["$ref"] = $"#/$defs/{name}";
        using var document = JsonDocument.Parse(output);
        var result = JsonSchema.FromText(strict.ToJsonString())
            .Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        var faults = (result.Details ?? []).Where(detail => detail.Errors is { Count: > 0 })
            .Select(detail => $"{detail.InstanceLocation}: {string.Join("; ", detail.Errors!.Values)}");
        Assert.True(result.IsValid, $"{output}\n{string.Join('\n', faults)}");
        return JsonNode.Parse(output)!.AsObject();
    }

    /// <summary>The schema allows members that are still to come; here each must be described.</summary>
    private static void Close(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject described:
                if (described.ContainsKey("properties"))
                {
                    described["additionalProperties"] = false;
                }
                described.Select(member => member.Value).ToList().ForEach(Close);
                break;
            case JsonArray items:
                items.ToList().ForEach(Close);
                break;
        }
    }

    private static string FindSchema()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "ToolchainStore.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("the sources are not here");
        }
        return Path.Combine(directory, "docs", "json.schema.json");
    }
}
