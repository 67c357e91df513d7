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
        "migrations/0007_history.sql",
        "migrations/0008_integrity.sql",
        "migrations/0009_notices.sql",
        "migrations/0010_commands.sql",
    ];

    /// <summary>The first version whose rows have checksums.</summary>
    internal const int IntegrityVersion = 8;

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
