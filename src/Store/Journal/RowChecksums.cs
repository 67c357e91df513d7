using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>A row that is not as it was written; without a key, a table that has lost rows or got some.</summary>
public sealed record DamagedRow(string Table, string? Key);

/// <summary>
/// The checksums of rows that name or point: XXH64 of all other columns with their types. Triggers of the connection keep
/// them, and the sum of each table's, so no statement can forget to; triggers of the schema would be parsed by each proxy at its start.
/// </summary>
internal static class RowChecksums
{
    // So many of their bits that a billion of them still add up to an integer.
    private const int SumMask = 0x7fff_ffff;

    /// <summary>The tables with their columns; those of the primary key first, so many as the number says.</summary>
    internal static IReadOnlyList<(string Table, int KeyColumns, string[] Columns)> Tables { get; } =
    [
        ("store", 1, ["key", "value"]),
        ("component", 1,
        [
            "component_id", "package", "target", "version", "bytes", "files", "listing_checksum", "state", "created_at",
            "is_adopted", "manifest_checksum",
        ]),
        ("archive", 1, ["digest", "component_id"]),
        ("tree", 1, ["tree_id", "bytes", "state", "created_at", "own_checksum"]),
        ("tree_component", 2, ["tree_id", "component_id", "position"]),
        ("manifest", 1, ["digest", "date", "rust_version", "body", "created_at", "announced_prefix"]),
        ("manifest_component", 4, ["manifest_digest", "host", "package", "target", "short_name", "available"]),
        ("manifest_parsed", 1, ["manifest_digest", "content"]),
        ("toolchain", 1, ["name", "linked_path", "current_generation", "profile", "created_at"]),
        ("generation", 1,
            ["generation_id", "toolchain_name", "tree_id", "manifest_digest", "operation_id", "created_at", "retired_at", "kept_as", "restored_from"]),
        ("setting", 1, ["key", "value"]),
        ("override", 1, ["path", "toolchain"]),
        ("settings_text", 1, ["kind", "text"]),
        ("deferred", 1,
        [
            "component_id", "package", "target", "version", "archive_digest", "archive_format", "archive_url", "archive_bytes",
            "is_irregular", "created_at",
        ]),
        ("deferred_archive", 1, ["digest", "component_id"]),
        ("tree_deferred", 2, ["tree_id", "component_id", "position"]),
        ("adoption", 1, ["toolchain_name", "fingerprint"]),
        ("move", 1,
        [
            "move_id", "operation_id", "toolchain_name", "moved_at", "old_generation", "old_tree_id", "old_manifest_digest",
            "old_profile", "old_linked_path", "new_generation", "new_linked_path", "rust_version", "release_date",
        ]),
    ];

    /// <summary>Lets statements of this connection compute checksums.</summary>
    internal static void Register(SqliteConnection connection) => raw.sqlite3_create_function(
        connection.Handle, "row_checksum", -1, raw.SQLITE_UTF8 | raw.SQLITE_DETERMINISTIC, null, Compute);

    /// <summary>Whatever this connection writes from now on gets its checksum. An INSERT that gives one keeps it.</summary>
    internal static void Keep(SqliteConnection connection)
    {
        var sql = new StringBuilder();
        foreach (var (table, keyColumns, columns) in Tables)
        {
            var isNew = string.Join(" AND ", columns.Take(keyColumns).Select(column => $"{column} = NEW.{column}"));
            var update = $"UPDATE {table} SET checksum = {Expression(table)} WHERE {isNew}";
            var added = $"((SELECT checksum FROM {table} WHERE {isNew}) & {SumMask})";
            var removed = $"(OLD.checksum & {SumMask})";
            // A manifest would be written twice: its INSERT gives the checksum.
            sql.Append($"""
                CREATE TEMP TRIGGER checksum_of_new_{table} AFTER INSERT ON main.{table} BEGIN
                    {update} AND checksum IS NULL;
                    UPDATE table_checksum SET row_count = row_count + 1, checksum_sum = checksum_sum + {added} WHERE table_name = '{table}';
                END;
                CREATE TEMP TRIGGER checksum_of_changed_{table} AFTER UPDATE OF {string.Join(", ", columns)} ON main.{table} BEGIN
                    {update};
                    UPDATE table_checksum SET checksum_sum = checksum_sum - {removed} + {added} WHERE table_name = '{table}';
                END;
                CREATE TEMP TRIGGER checksum_of_deleted_{table} AFTER DELETE ON main.{table} BEGIN
                    UPDATE table_checksum SET row_count = row_count - 1, checksum_sum = checksum_sum - {removed} WHERE table_name = '{table}';
                END;
                """);
        }
        Execute(connection, sql.ToString());
    }

    /// <summary>
    /// Gives every row one that has none, those that were there before there were checksums; the others keep theirs, right or wrong. A
    /// migration that changes rows of these tables leaves them without.
    /// </summary>
    internal static void Complete(SqliteConnection connection)
    {
        foreach (var (table, _, _) in Tables.Where(entry => IsIncomplete(connection, entry.Table)))
        {
            Execute(connection, $"UPDATE {table} SET checksum = {Expression(table)} WHERE checksum IS NULL");
            Execute(connection, $"""
                INSERT INTO table_checksum (table_name, row_count, checksum_sum)
                SELECT '{table}', count(*), coalesce(sum(checksum & {SumMask}), 0) FROM {table} WHERE true
                ON CONFLICT (table_name) DO UPDATE SET row_count = excluded.row_count, checksum_sum = excluded.checksum_sum
                """);
        }
    }

    /// <summary>The expression that computes the checksum of a row of a table.</summary>
    internal static string Expression(string table) => Expression(table, column => column);

    /// <summary>The same of values instead of columns.</summary>
    internal static string Expression(string table, Func<string, string> valueOf) =>
        $"row_checksum('{table}', {string.Join(", ", ColumnsOf(table).Select(valueOf))})";

    /// <summary>Rows whose checksum is not theirs.</summary>
    internal static IReadOnlyList<DamagedRow> FindDamaged(SqliteConnection connection)
    {
        var found = new List<DamagedRow>();
        foreach (var (table, keyColumns, columns) in Tables)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {string.Join(" || ' ' || ", columns.Take(keyColumns))} FROM {table}"
                + $" WHERE checksum IS NOT {Expression(table)}";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                found.Add(new DamagedRow(table, rows.IsDBNull(0) ? "" : rows.GetValue(0).ToString() ?? ""));
            }
            if (found.Count == 0 && !HasItsRows(connection, table))
            {
                found.Add(new DamagedRow(table, Key: null));
            }
        }
        return found;
    }

    private static bool IsIncomplete(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT EXISTS (SELECT 1 FROM {table} WHERE checksum IS NULL)
                OR NOT EXISTS (SELECT 1 FROM table_checksum WHERE table_name = '{table}')
            """;
        return command.ExecuteScalar() is 1L;
    }

    private static bool HasItsRows(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"""
            SELECT EXISTS (SELECT 1 FROM table_checksum WHERE table_name = '{table}'
                AND row_count = (SELECT count(*) FROM {table})
                AND checksum_sum = (SELECT coalesce(sum(checksum & {SumMask}), 0) FROM {table}))
            """;
        return command.ExecuteScalar() is 1L;
    }

    internal static string[] ColumnsOf(string table) => Tables.Single(entry => entry.Table == table).Columns;

    private static void Compute(sqlite3_context context, object state, sqlite3_value[] values)
    {
        var hash = new XxHash64();
        Span<byte> head = stackalloc byte[9];
        foreach (var value in values)
        {
            var type = raw.sqlite3_value_type(value);
            var bytes = type is raw.SQLITE_TEXT or raw.SQLITE_BLOB ? raw.sqlite3_value_blob(value) : default;
            head[0] = (byte)type;
            BinaryPrimitives.WriteInt64LittleEndian(
                head[1..], type == raw.SQLITE_INTEGER ? raw.sqlite3_value_int64(value) : bytes.Length);
            hash.Append(head);
            hash.Append(bytes);
        }
        raw.sqlite3_result_int64(context, unchecked((long)hash.GetCurrentHashAsUInt64()));
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
