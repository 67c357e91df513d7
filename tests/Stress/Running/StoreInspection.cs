using Microsoft.Data.Sqlite;
using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>Compares the files of a quiet store, after a collection that keeps nothing, with the rows of its journal.</summary>
internal sealed class StoreInspection(string rustupHome)
{
    private static readonly string[] emptyFolders = ["downloads", "staging", "operations", "trash"];

    private static readonly string[] known =
    [
        "journal.db", "journal.db-wal", "journal.db-shm", "journal.db-journal", "ballast", "components", "toolchains", "downloads", "operations",
        "staging", "trash", "records",
    ];

    private readonly string store = Path.Combine(rustupHome, "store");

    internal IReadOnlyList<Anomaly> FindAnomalies()
    {
        using var journal = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(store, "journal.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        }.ToString());
        journal.Open();
        var trees = Read(journal, "SELECT tree_id FROM tree");
        var components = Read(journal, "SELECT component_id FROM component");
        var names = Read(journal, "SELECT name FROM toolchain");
        return
        [
            .. emptyFolders.SelectMany(folder => Leaks(folder, [])),
            .. Leaks("toolchains", trees), .. Missing("toolchains", trees),
            .. Leaks("components", components), .. Missing("components", components),
            .. Leaks("", [.. known]),
            .. Leaks("../toolchains", names), .. Missing("../toolchains", names),
            // A killed command may leave one that it had begun, under one name for all; whoever writes the next takes it.
            .. Leaks("records", [.. names, "+"]), .. Missing("records", names),
            .. Leaks("..", ["store", "toolchains", "settings.toml"]),
            .. Rows(journal, "a tree that no name needs", "SELECT tree_id FROM tree WHERE tree_id NOT IN (SELECT g.tree_id FROM toolchain t JOIN generation g ON g.generation_id = t.current_generation)"),
            .. Rows(journal, "a component that no tree needs", "SELECT component_id FROM component WHERE component_id NOT IN (SELECT component_id FROM tree_component)"),
            .. Rows(journal, "a doomed row", "SELECT tree_id FROM tree WHERE state <> 'valid' UNION ALL SELECT component_id FROM component WHERE state <> 'valid'"),
            .. Rows(journal, "an operation that never ended", "SELECT operation_id || ' ' || command_line FROM operation WHERE outcome = 'running'"),
            .. Rows(journal, "a pin of no operation", "SELECT object_id FROM pin"),
            .. Rows(journal, "a download of no operation", "SELECT digest FROM download"),
            .. Rows(journal, "a manifest that no generation needs", "SELECT digest FROM manifest WHERE digest NOT IN (SELECT manifest_digest FROM generation)"),
        ];
    }

    private IEnumerable<Anomaly> Leaks(string folder, HashSet<string> needed) => Entries(folder)
        .Where(entry => !needed.Contains(entry))
        .Select(entry => new Anomaly(AnomalyKind.LeakedFile, $"nothing needs {Path.Combine("store", folder, entry)}"));

    private IEnumerable<Anomaly> Missing(string folder, HashSet<string> needed) => needed.Except(Entries(folder))
        .Select(entry => new Anomaly(AnomalyKind.BrokenInvariant, $"{Path.Combine("store", folder, entry)} is missing"));

    private IEnumerable<string> Entries(string folder) =>
        new DirectoryInfo(Path.Combine(store, folder)).EnumerateFileSystemInfos().Select(entry => entry.Name);

    private static IEnumerable<Anomaly> Rows(SqliteConnection journal, string what, string query) =>
        Read(journal, query).Select(row => new Anomaly(AnomalyKind.BrokenInvariant, $"{what}: {row}"));

    private static HashSet<string> Read(SqliteConnection journal, string query)
    {
        using var command = journal.CreateCommand();
        command.CommandText = query;
        using var reader = command.ExecuteReader();
        var rows = new HashSet<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
