using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace ToolchainStore.Journal;

/// <summary>A row as a record holds it: the table, then its columns and its checksum as text, null as null.</summary>
public sealed record RecordedRow(string Table, IReadOnlyList<string?> Values)
{
    private const string Null = "\\0";

    /// <summary>The value of a column.</summary>
    public string? this[string column] =>
        Array.IndexOf(RowChecksums.ColumnsOf(Table), column) is var index and >= 0 && index < Values.Count ? Values[index] : null;

    internal string Format() => string.Join('\t', Values.Select(Escape).Prepend(Table));

    /// <summary>Null if a line is none of ours.</summary>
    internal static RecordedRow? TryParse(string line)
    {
        var parts = line.Split('\t');
        return RowChecksums.Tables.Any(entry => entry.Table == parts[0] && entry.Columns.Length + 2 == parts.Length)
            ? new RecordedRow(parts[0], [.. parts.Skip(1).Select(Unescape)])
            : null;
    }

    private static string Escape(string? value) => value is null
        ? Null
        : value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);

    private static string? Unescape(string value)
    {
        if (value == Null)
        {
            return null;
        }
        var text = new StringBuilder();
        for (var index = 0; index < value.Length; index++)
        {
            text.Append(value[index] != '\\' || index + 1 == value.Length ? value[index] : value[++index] switch
            {
                'n' => '\n',
                't' => '\t',
                var other => other,
            });
        }
        return text.ToString();
    }
}

/// <summary>
/// All rows that a name needs to be what it is, for the record that lies beside the trees. A manifest is there without its
/// text, which a tree has, unless it is as short as that of a release in one archive.
/// </summary>
public sealed class RecordTable(JournalSession session)
{
    private const int ShortBodyBytes = 512;

    private const string TreesOfName = "SELECT tree_id FROM generation WHERE toolchain_name = @name";

    // In an order in which they can be inserted.
    private static readonly (string Table, string Condition)[] parts =
    [
        ("store", "key = 'id'"),
        ("setting", "key = 'docs'"),
        ("manifest", "digest IN (SELECT manifest_digest FROM generation WHERE toolchain_name = @name)"),
        ("component", $"component_id IN (SELECT component_id FROM tree_component WHERE tree_id IN ({TreesOfName}))"),
        ("archive", $"component_id IN (SELECT component_id FROM tree_component WHERE tree_id IN ({TreesOfName}))"),
        ("tree", $"tree_id IN ({TreesOfName})"),
        ("tree_component", $"tree_id IN ({TreesOfName})"),
        ("deferred", $"component_id IN (SELECT component_id FROM tree_deferred WHERE tree_id IN ({TreesOfName}))"),
        ("deferred_archive", $"component_id IN (SELECT component_id FROM tree_deferred WHERE tree_id IN ({TreesOfName}))"),
        ("tree_deferred", $"tree_id IN ({TreesOfName})"),
        ("generation", "toolchain_name = @name"),
        ("toolchain", "name = @name"),
    ];

    /// <summary>The rows of a name; null if one of them is damaged, so that no record of it is to be made.</summary>
    public IReadOnlyList<RecordedRow>? TryList(string name)
    {
        var found = new List<RecordedRow>();
        foreach (var (table, condition) in parts)
        {
            var columns = RowChecksums.ColumnsOf(table).Select(column => column == "body"
                ? $"CASE WHEN length(body) <= {ShortBodyBytes} THEN hex(body) END"
                : column);
            using var command = session.Connection.CreateCommand();
            command.CommandText = $"SELECT checksum IS {RowChecksums.Expression(table)}, {string.Join(", ", columns)}, checksum"
                + $" FROM {table} WHERE {condition}";
            if (condition.Contains("@name", StringComparison.Ordinal))
            {
                command.Parameters.AddWithValue("@name", name);
            }
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                if (rows.GetInt64(0) == 0)
                {
                    return null;
                }
                found.Add(new RecordedRow(table, [.. Enumerable.Range(1, rows.FieldCount - 1).Select(column => Text(rows, column))]));
            }
        }
        return found;
    }

    /// <summary>Inserts a recorded row as it was, unless one of its key is there. Its checksum comes with it.</summary>
    public void Insert(RecordedRow row)
    {
        var columns = RowChecksums.ColumnsOf(row.Table);
        using var command = session.WritableConnection.CreateCommand();
        command.CommandText = $"INSERT INTO {row.Table} ({string.Join(", ", columns)}, checksum)"
            + $" VALUES ({string.Join(", ", Enumerable.Range(0, row.Values.Count).Select(index => $"@p{index}"))}) ON CONFLICT DO NOTHING";
        for (var index = 0; index < row.Values.Count; index++)
        {
            command.Parameters.AddWithValue($"@p{index}", (object?)row.Values[index] ?? DBNull.Value);
        }
        command.ExecuteNonQuery();
    }

    private static string? Text(SqliteDataReader rows, int column) =>
        rows.IsDBNull(column) ? null : Convert.ToString(rows.GetValue(column), CultureInfo.InvariantCulture);
}
