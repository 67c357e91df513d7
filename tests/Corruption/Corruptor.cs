using Microsoft.Data.Sqlite;

namespace ToolchainStore.Tests.Corruption;

/// <summary>One random damage to a home.</summary>
internal sealed class Corruptor(Random random, StoreLayout layout)
{
    /// <summary>What kinds there are, each as often as it says.</summary>
    private static readonly (string Kind, int Weight)[] kinds =
    [
        ("flip a file", 16), ("truncate a file", 8), ("delete a file", 8), ("add a file", 6), ("chmod a file", 8), ("edit a file", 8),
        ("delete a directory", 3), ("replace a file by a directory", 2), ("chmod a directory", 3), ("add a directory", 2),
        ("change a row", 12), ("delete a row", 4), ("add a row", 4), ("flip a page", 12), ("swap two pages", 4), ("truncate the database", 2), ("delete the database", 2),
        ("change a link", 3), ("delete a link", 3), ("replace a link by a directory", 1), ("add a link", 1), ("damage settings.toml", 2),
        ("damage a record", 3),
    ];

    private const int PageBytes = 4096;

    private static readonly string[] tables =
    [
        "store", "component", "archive", "tree", "tree_component", "manifest", "manifest_component", "manifest_parsed",
        "toolchain", "generation", "setting", "override", "settings_text", "deferred", "deferred_archive", "tree_deferred",
        "move",
    ];

    /// <summary>Does it; returns its kind and what it was done to. Null if there was nothing to do it to.</summary>
    internal (string Kind, string Subject)? Corrupt()
    {
        var kind = Choose();
        var subject = kind switch
        {
            "flip a file" => WithFile(Flip),
            "truncate a file" => WithFile(path => Write(path, content => content[..random.Next(content.Length)])),
            "delete a file" => WithFile(File.Delete),
            "edit a file" => WithFile(path => Write(path, content => [.. content, .. "\n// edited\n"u8])),
            // That of an archive is in no listing: it has what its downloader's mask left.
            "chmod a file" => With([.. List(layout.Components, directories: false), .. List(layout.Trees, directories: false)], path => File.SetUnixFileMode(path, File.GetUnixFileMode(path) ^ Bit())),
            "replace a file by a directory" => WithFile(path =>
            {
                File.Delete(path);
                Directory.CreateDirectory(path);
            }),
            "add a file" => WithDirectory(path => File.WriteAllText(Path.Combine(path, "stranger"), "what is this?")),
            "add a directory" => WithDirectory(path => Directory.CreateDirectory(Path.Combine(path, "stranger"))),
            "delete a directory" => WithDirectory(path => Directory.Delete(path, recursive: true)),
            "chmod a directory" => WithDirectory(path => File.SetUnixFileMode(path, File.GetUnixFileMode(path) ^ Bit())),
            "change a row" => WithRow(ChangeRow),
            "delete a row" => WithRow((table, _, row) => ($"DELETE FROM {table} WHERE {row}", "")),
            "add a row" => WithRow(CopyRow),
            "flip a page" => FlipPage(),
            "swap two pages" => SwapPages(),
            "truncate the database" => TruncateDatabase(),
            "delete the database" => DeleteDatabase(),
            "change a link" => WithLink(path =>
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, "../store/toolchains/0123456789");
            }),
            "delete a link" => WithLink(File.Delete),
            "replace a link by a directory" => WithLink(path =>
            {
                File.Delete(path);
                Directory.CreateDirectory(path);
            }),
            "add a link" => WithLink(path => File.CreateSymbolicLink(
                Path.Combine(layout.ToolchainViews, "stranger"), new FileInfo(path).LinkTarget!)),
            "damage settings.toml" => WithSettings(),
            _ => WithRecord(),
        };
        return subject is null ? null : (kind, subject);
    }

    private string Choose()
    {
        var at = random.Next(kinds.Sum(kind => kind.Weight));
        return kinds.First(kind => (at -= kind.Weight) < 0).Kind;
    }

    private UnixFileMode Bit() => Pick<UnixFileMode>(
    [
        UnixFileMode.UserWrite, UnixFileMode.UserExecute, UnixFileMode.GroupWrite, UnixFileMode.OtherWrite, UnixFileMode.GroupExecute,
        UnixFileMode.OtherRead,
    ]);

    private T Pick<T>(IReadOnlyList<T> list) => list[random.Next(list.Count)];

    /// <summary>A file of a component, a tree, or an archive that waits; one with bytes.</summary>
    private string? WithFile(Action<string> damage) => With(
        [.. List(layout.Components, directories: false), .. List(layout.Trees, directories: false), .. List(layout.Downloads, directories: false)], damage);

    private string? WithDirectory(Action<string> damage) => With(
        [.. List(layout.Components, directories: true), .. List(layout.Trees, directories: true)], damage);

    private string? WithLink(Action<string> damage) => With(
        [.. Directory.EnumerateFileSystemEntries(layout.ToolchainViews).Order(StringComparer.Ordinal)], damage);

    private string? WithRecord() => With([.. List(layout.Records, directories: false)], path => Pick<Action<string>>(
        [Flip, File.Delete, target => Write(target, content => content[..random.Next(content.Length)])])(path));

    private string? WithSettings() => With([layout.SettingsFile], path => Pick<Action<string>>(
        [File.Delete, target => Write(target, content => [.. "= no toml\n"u8, .. content]), target => Write(target, _ => [0xff, 0xfe, 0])])(path));

    private string? With(IReadOnlyList<string> candidates, Action<string> damage)
    {
        if (candidates.Count == 0)
        {
            return null;
        }
        var path = Pick(candidates);
        damage(path);
        return path;
    }

    private static IEnumerable<string> List(string root, bool directories) =>
        Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Where(path => Directory.Exists(path) == directories && (directories || new FileInfo(path).Length > 0))
            .Order(StringComparer.Ordinal);

    private void Flip(string path) => Write(path, content =>
    {
        content[random.Next(content.Length)] ^= (byte)(1 << random.Next(8));
        return content;
    });

    /// <summary>In place, so that all names of the file see it, and with the times it had.</summary>
    private static void Write(string path, Func<byte[], byte[]> change)
    {
        var (mode, time) = (File.GetUnixFileMode(path), File.GetLastWriteTimeUtc(path));
        var content = change(File.ReadAllBytes(path));
        File.SetUnixFileMode(path, mode | UnixFileMode.UserWrite);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.SetLength(content.Length);
            file.Write(content);
        }
        File.SetUnixFileMode(path, mode);
        File.SetLastWriteTimeUtc(path, time);
    }

    /// <summary>What is done to any row of a table, past every constraint.</summary>
    /// <param name="write">Of a table, its columns (name and type) and the condition for the row: the statement, and which column it is about.</param>
    private string? WithRow(Func<string, IReadOnlyList<string[]>, string, (string Statement, string Column)> write)
    {
        using var connection = new SqliteConnection($"Data Source={layout.Journal};Pooling=False;Foreign Keys=False");
        connection.Open();
        Execute(connection, "PRAGMA ignore_check_constraints = ON");
        var table = Pick(tables);
        var keys = string.Join(" || ' ' || ", Query(connection, $"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0"));
        var columns = Query(connection, $"SELECT name || ' ' || type || ' ' || pk FROM pragma_table_info('{table}') WHERE name <> 'checksum'");
        var rows = Query(connection, $"SELECT {keys} FROM {table}{(table == "store" ? " WHERE key NOT LIKE '%stamp'" : "")} ORDER BY 1");
        if (rows.Count == 0)
        {
            return null;
        }
        var row = Pick(rows);
        var (statement, column) = write(
            table, [.. columns.Select(text => text.Split(' '))], $"{keys} = '{row.Replace("'", "''", StringComparison.Ordinal)}'");
        try
        {
            Execute(connection, statement);
        }
        catch (SqliteException)
        {
            // It would be another row's key.
            return null;
        }
        return $"{table}{column} of '{row}'";
    }

    private (string Statement, string Column) ChangeRow(string table, IReadOnlyList<string[]> columns, string row)
    {
        var column = Pick(columns);
        return ($"UPDATE {table} SET {column[0]} = {Another(column)} WHERE {row}", "." + column[0]);
    }

    /// <summary>The same once more by another key, with the checksum of the first.</summary>
    private (string Statement, string Column) CopyRow(string table, IReadOnlyList<string[]> columns, string row)
    {
        var key = Pick([.. columns.Where(column => column[2] != "0")]);
        var names = string.Join(", ", columns.Select(column => column[0]));
        var values = string.Join(", ", columns.Select(column => column == key ? Another(column) : column[0]));
        return ($"INSERT INTO {table} ({names}, checksum) SELECT {values}, checksum FROM {table} WHERE {row}", "");
    }

    private string Another(string[] column) => column[1] switch
    {
        "INTEGER" => $"coalesce({column[0]}, 0) + {random.Next(1, 1000)}",
        "BLOB" => $"substr({column[0]}, 1, length({column[0]}) - 1)",
        _ => $"coalesce(substr({column[0]}, 2), '') || '{(char)('a' + random.Next(26))}'",
    };

    /// <summary>Each is whole, and not where it belongs: what a disk does that writes to the wrong place.</summary>
    private string SwapPages()
    {
        var (first, second) = (0, 0);
        Write(layout.Journal, content =>
        {
            var pages = content.Length / PageBytes;
            // The first says what the file is.
            (first, second) = (random.Next(1, pages), random.Next(1, pages));
            var kept = content[(first * PageBytes)..((first + 1) * PageBytes)];
            content.AsSpan(second * PageBytes, PageBytes).CopyTo(content.AsSpan(first * PageBytes));
            kept.CopyTo(content, second * PageBytes);
            return content;
        });
        return $"pages {first} and {second} of journal.db";
    }

    /// <summary>One bit of the file, or a whole page of it.</summary>
    private string FlipPage()
    {
        var place = 0;
        Write(layout.Journal, content =>
        {
            place = random.Next(content.Length);
            if (random.Next(4) == 0)
            {
                random.NextBytes(content.AsSpan(place / PageBytes * PageBytes, PageBytes));
            }
            else
            {
                content[place] ^= (byte)(1 << random.Next(8));
            }
            return content;
        });
        return $"journal.db at {place}";
    }

    private string TruncateDatabase()
    {
        var length = 0;
        Write(layout.Journal, content => content[..(length = random.Next(content.Length))]);
        return $"journal.db to {length}";
    }

    private string DeleteDatabase()
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(layout.Journal + suffix);
        }
        return "journal.db";
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<string> Query(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(rows.GetValue(0).ToString() ?? "");
        }
        return found;
    }
}
