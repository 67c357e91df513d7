using System.Reflection;
using Microsoft.Data.Sqlite;

namespace ToolchainStore.Journal;

/// <summary>The steps from an empty file to the newest schema, embedded from <c>migrations/NNNN_*.sql</c>.</summary>
public static class Migrations
{
    private static readonly string[] Names =
    [
        "migrations/0001_initial.sql",
        "migrations/0002_adoption.sql",
        "migrations/0003_settings_text.sql",
        "migrations/0004_parsed_manifests.sql",
        "migrations/0005_flat_lookups.sql",
        "migrations/0006_deferred.sql",
        "migrations/0007_integrity.sql",
    ];

    private const int SettingsTextVersion = 3;
    private const int ParsedManifestsVersion = 4;
    private const int DeferredVersion = 6;

    /// <summary>The first version whose rows have checksums.</summary>
    internal const int IntegrityVersion = 7;

    /// <summary>What <c>user_version</c> says once every migration ran.</summary>
    public static int Latest => Names.Length;

    /// <summary>Runs what is missing. The caller holds the write transaction; all of it commits or none.</summary>
    internal static void Apply(SqliteConnection connection, int from)
    {
        for (var version = from; version < Latest; version++)
        {
            Execute(connection, ReadText(Names[version]));
            Execute(connection, $"PRAGMA user_version = {version + 1}");
        }
    }

    /// <summary>
    /// What an older journal lacks, empty and in memory, for a reader who may not migrate it: nothing of it is in a store that
    /// no program of this version has written.
    /// </summary>
    internal static void StandIn(SqliteConnection connection, int version)
    {
        if (version < SettingsTextVersion)
        {
            Execute(connection, "CREATE TEMP TABLE settings_text (kind, text)");
        }
        if (version < ParsedManifestsVersion)
        {
            Execute(connection, "CREATE TEMP TABLE manifest_parsed (manifest_digest, content)");
        }
        if (version < DeferredVersion)
        {
            Execute(connection, """
                CREATE TEMP TABLE deferred (
                    component_id, package, target, version, archive_digest, archive_format, archive_url, archive_bytes,
                    is_irregular, created_at);
                CREATE TEMP TABLE deferred_archive (digest, component_id);
                CREATE TEMP TABLE tree_deferred (tree_id, component_id, position);
                """);
        }
        if (version < IntegrityVersion)
        {
            Execute(connection, "CREATE TEMP TABLE damage (object_id, found_at)");
        }
    }

    private static string ReadText(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        Invariant.Hold(stream is not null, "every migration is embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
