using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A key of settings.toml with its value.</summary>
public sealed class SettingRow
{
    public string Key { get; init; } = "";
    public string Value { get; init; } = "";
}

/// <summary>The top-level keys of settings.toml.</summary>
public sealed class SettingTable(JournalSession session)
{
    public string? Find(string key) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT value FROM setting WHERE key = @key", new { key });

    public IReadOnlyList<SettingRow> List() => session.Connection.Query<SettingRow>(
        "SELECT key AS Key, value AS Value FROM setting ORDER BY key").ToList();

    /// <summary>Sets a key; null removes it.</summary>
    public void Set(string key, string? value)
    {
        if (value is null)
        {
            session.WritableConnection.Execute("DELETE FROM setting WHERE key = @key", new { key });
            return;
        }
        session.WritableConnection.Execute(
            "INSERT INTO setting (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            new { key, value });
    }
}
