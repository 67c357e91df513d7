using Dapper;

namespace ToolchainStore.Journal;

/// <summary>Identity and mode of the store, one cell a row.</summary>
public sealed class StoreTable(JournalSession session)
{
    public const string Id = "id";
    public const string LayoutVersion = "layout_version";
    /// <summary>What <c>user_version</c> says, where a flipped bit is noticed.</summary>
    public const string SchemaVersion = "schema_version";

    public const string Mode = "journal_mode";
    public const string MinimalWriterVersion = "min_writer_version";

    /// <summary>Programs that write rows without checksums may not write at all.</summary>
    public const string FirstMinimalWriterVersion = "3";

    /// <summary>What <c>stat</c> said of the exported file: a proxy compares it instead of reading.</summary>
    public const string SettingsStamp = "settings_stamp";

    /// <summary>What <c>stat</c> said of toolchains/ when every link in it was as the journal wants it.</summary>
    public const string ViewsStamp = "views_stamp";

    /// <summary>When the last collection was started that nobody had asked for, in Unix milliseconds.</summary>
    public const string CollectionStartedAt = "collection_started_at";

    public string? Find(string key) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT value FROM store WHERE key = @key", new { key });

    public void Set(string key, string value) => session.WritableConnection.Execute(
        "INSERT INTO store (key, value) VALUES (@key, @value) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        new { key, value });

    public void SetDefault(string key, string value) => session.WritableConnection.Execute(
        "INSERT INTO store (key, value) VALUES (@key, @value) ON CONFLICT (key) DO NOTHING", new { key, value });
}
