using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Corruption;

/// <summary>What a home holds, read without the product: files with their modes and bytes, views, and rows.</summary>
internal static class Snapshot
{
    private static readonly string[] checkedTables =
    [
        "store", "component", "archive", "tree", "tree_component", "manifest", "manifest_component", "manifest_parsed",
        "toolchain", "generation", "setting", "override", "settings_text", "deferred", "deferred_archive", "tree_deferred",
        "move",
    ];

    /// <summary>Everything of which a difference is a damage.</summary>
    internal static SortedDictionary<string, string> Of(StoreLayout layout)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in new[] { layout.Components, layout.Trees, layout.Downloads, layout.Records, layout.ToolchainViews })
        {
            AddTree(found, layout.RustupHome, folder);
        }
        Add(found, layout.RustupHome, layout.SettingsFile);
        found["journal"] = DescribeJournal(layout);
        return found;
    }

    /// <summary>What programs see of a toolchain through its link: every path with mode and bytes, links followed.</summary>
    internal static SortedDictionary<string, string> OfToolchain(string view)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Walk(view, "");
        return found;

        void Walk(string directory, string prefix)
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(directory))
            {
                var name = prefix + Path.GetFileName(path);
                if (Directory.Exists(path))
                {
                    found[name] = "directory";
                    Walk(path, name + "/");
                }
                else
                {
                    found[name] = Machine.Host.Files.TargetStatus(path) is null
                        ? "leads to what is not unpacked"
                        : $"{File.GetUnixFileMode(path)} {Hash(path)}";
                }
            }
        }
    }

    /// <summary>Inode and modification time of every entry of the components and trees.</summary>
    internal static SortedDictionary<string, string> Identities(string directory)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Directory.Exists(directory))
        {
            foreach (var path in Directory.EnumerateFileSystemEntries(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Append(directory))
            {
                var status = Machine.Host.Files.Status(path)!;
                // Of the lease only the file: whoever looks whether it is held writes nothing.
                found[path] = $"{status.Identity.Inode} {status.ModifiedNanoseconds}";
            }
        }
        return found;
    }

    private static void AddTree(SortedDictionary<string, string> found, string root, string folder)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder))
        {
            Add(found, root, entry);
            if (new FileInfo(entry).LinkTarget is null && Directory.Exists(entry))
            {
                AddTree(found, root, entry);
            }
        }
    }

    private static void Add(SortedDictionary<string, string> found, string root, string path)
    {
        var name = Path.GetRelativePath(root, path);
        if (new FileInfo(path).LinkTarget is { } target)
        {
            found[name] = $"link {target}";
        }
        else if (Directory.Exists(path))
        {
            found[name] = $"directory {File.GetUnixFileMode(path)}";
        }
        else if (File.Exists(path))
        {
            found[name] = $"{File.GetUnixFileMode(path)} {Hash(path)}";
        }
    }

    private static string Hash(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    /// <summary>The rows that name or point; "damaged" if SQLite says so of the file or of a constraint.</summary>
    private static string DescribeJournal(StoreLayout layout)
    {
        if (!File.Exists(layout.Journal))
        {
            return "missing";
        }
        try
        {
            using var connection = new SqliteConnection($"Data Source={layout.Journal};Pooling=False;Mode=ReadOnly");
            connection.Open();
            var lines = new List<string>(Query(connection, "PRAGMA integrity_check"));
            lines.AddRange(Query(connection, "PRAGMA foreign_key_check"));
            foreach (var table in checkedTables)
            {
                lines.AddRange(Query(connection, $"SELECT * FROM {table}{(table == "store" ? " WHERE key NOT LIKE '%stamp'" : "")}").Select(row => $"{table} {row}"));
            }
            return string.Join('\n', lines);
        }
        catch (Exception damaged) when (damaged is SqliteException or InvalidOperationException or ArgumentException)
        {
            return $"damaged: {damaged.Message}";
        }
    }

    private static IEnumerable<string> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(string.Join('|', Enumerable.Range(0, rows.FieldCount).Select(column => rows.GetValue(column) switch
            {
                byte[] bytes => Convert.ToHexString(SHA256.HashData(bytes)),
                var value => $"{value}",
            })));
        }
        return found.Order(StringComparer.Ordinal);
    }
}
