using ToolchainStore.Cli.Output;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>What people and programs are told of a generation.</summary>
internal static class GenerationTexts
{
    internal static string Release(Generation generation) => generation switch
    {
        { RustVersion: { } version } => $"rustc {version}",
        { ReleaseDate: { Length: > 0 } date } => $"release of {date}",
        _ => "(release unknown)",
    };

    /// <summary>As in <c>(current, kept as 'good')</c>; empty if there is nothing to say.</summary>
    internal static string Marks(Generation generation)
    {
        List<string> marks = [];
        if (generation.IsCurrent)
        {
            marks.Add("current");
        }
        if (generation.RestoredFrom is { } first)
        {
            marks.Add($"{first} again");
        }
        if (generation.KeptAs is { } name)
        {
            marks.Add(name.Length > 0 ? $"kept as '{name}'" : "kept");
        }
        if (generation.IsCollected)
        {
            marks.Add("collected");
        }
        return marks.Count > 0 ? $"({string.Join(", ", marks)})" : "";
    }

    internal static void AddJson(JsonMembers json, Generation generation)
    {
        json.Add("number", generation.Number);
        json.AddTime("made_at", generation.MadeAt);
        json.Add("rust_version", generation.RustVersion);
        json.Add("release_date", generation.ReleaseDate);
        json.Add("operation", generation.OperationId);
        json.Add("operation_kind", generation.OperationKind);
        json.Add("current", generation.IsCurrent);
        json.Add("collected", generation.IsCollected);
        json.AddTime("replaced_at", generation.ReplacedAt);
        json.Add("kept", generation.KeptAs is not null);
        json.Add("kept_as", generation.KeptAs is { Length: > 0 } name ? name : null);
        json.Add("restored_from", generation.RestoredFrom);
    }
}
