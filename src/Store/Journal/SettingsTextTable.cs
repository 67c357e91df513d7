using Dapper;

namespace ToolchainStore.Journal;

/// <summary>The texts of settings.toml that the journal remembers.</summary>
public sealed class SettingsTextTable(JournalSession session)
{
    /// <summary>As last exported, or as somebody else wrote it and we took it over.</summary>
    public const string Export = "export";

    /// <summary>What the last change wants exported; equal to the export once it was.</summary>
    public const string Pending = "pending";

    public string? Find(string kind) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT text FROM settings_text WHERE kind = @kind", new { kind });

    public void Set(string kind, string text) => session.WritableConnection.Execute(
        "INSERT INTO settings_text (kind, text) VALUES (@kind, @text) ON CONFLICT (kind) DO UPDATE SET text = excluded.text",
        new { kind, text });
}
