using System.Reflection;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ToolchainStore.Journal;

namespace ToolchainStore.Tests.Journals;

/// <summary>What SQLite plans for every statement of every table: nothing but a list of everything reads a whole table.</summary>
public sealed class Statements_of_the_journal : StoreTest
{
    private static readonly string[] aboutEverything =
    [
        "ComponentTable.List", "ComponentTable.ListIds", "ComponentTable.ListUnreferenced", "DeferredTable.List",
        "DeferredTable.ListUnreferenced", "DeferredTable.ListWaiting", "DownloadTable.List",
        "ManifestTable.DeleteUnreferenced", "OperationTable.FindNewestVersion", "OperationTable.ListNewest", "OverrideTable.List",
        "SettingTable.List",
        "StaleViewTable.DeleteAll", "StaleViewTable.List", "ToolchainTable.List", "TreeTable.List", "TreeTable.ListIds",
        "TreeTable.ListUnreferenced",
        // Ends at the first row.
        "SelectionQuery.HasOverrides",
        "SelectionQuery.ListOverrides",
        "SelectionQuery.ListToolchains",
        // Asked where no server can be: which release a name may mean.
        "ManifestTable.ListUsed",
        // SQLite's own table of counters, which has one row for each.
        "GenerationTable.FindLastNumber",
    ];

    // Each holds few rows of many: what is running, retired or adopted.
    private static readonly string[] partialIndexes = ["operation_running", "generation_retired", "component_adopted"];

    private static readonly IReadOnlyDictionary<string, (PropertyInfo? Table, MethodInfo Method)> methods = ListMethods();

    public static TheoryData<string> OfOneThing => [.. methods.Keys.Except(aboutEverything)];

    [Theory]
    [MemberData(nameof(OfOneThing))]
    public void find_it_by_an_index(string name)
    {
        var plans = Plan(name);

        Assert.NotEmpty(plans);
        Assert.DoesNotContain(plans, plan => plan.StartsWith("SCAN ", StringComparison.Ordinal)
            && !plan.Equals("SCAN CONSTANT ROW", StringComparison.Ordinal)
            && !partialIndexes.Any(index => plan.EndsWith($"INDEX {index}", StringComparison.Ordinal)));
    }

    [Fact]
    public void about_everything_are_these() => Assert.Empty(aboutEverything.Except(methods.Keys));

    /// <summary>Where a row is deleted, SQLite looks for those that refer to it, with no statement of ours.</summary>
    [Fact]
    public void that_delete_find_what_refers_to_the_row_by_an_index()
    {
        OpenJournal().Dispose();
        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False");
        connection.Open();

        var references = Query(
            connection,
            """
            SELECT t.name || '.' || k."from" FROM pragma_table_list t JOIN pragma_foreign_key_list(t.name) k
            WHERE t.schema = 'main'
            """);
        var indexed = Query(
            connection,
            """
            SELECT t.name || '.' || c.name FROM pragma_table_list t JOIN pragma_index_list(t.name) i
            JOIN pragma_index_info(i.name) c WHERE t.schema = 'main' AND c.seqno = 0 AND i.partial = 0
            """);

        Assert.NotEmpty(references);
        Assert.Empty(references.Except(indexed));
    }

    private IReadOnlyList<string> Plan(string name)
    {
        using var journal = OpenJournal();
        var (table, method) = methods[name];
        var arguments = method.GetParameters().Select(parameter => Example(parameter.ParameterType)).ToArray();
        List<string> plans = [];
        if (table is null)
        {
            var connection = journal.Read(session => session.Connection);
            plans = journal.LookUp(query => Trace(connection, () => method.Invoke(query, arguments)));
        }
        else
        {
            // Taken back at the end: what is made up does not stay.
            Assert.Throws<TakenBackException>(() => journal.Write(session =>
            {
                plans = Trace(session.Connection, () => method.Invoke(table.GetValue(session), arguments));
                throw new TakenBackException();
            }));
        }
        return plans;
    }

    /// <summary>The plans of all statements that are executed meanwhile.</summary>
    private static List<string> Trace(SqliteConnection connection, Action run)
    {
        var statements = new List<string>();
        raw.sqlite3_trace(connection.Handle, (_, statement) => Note(statement), null);
        try
        {
            run();
        }
        catch (TargetInvocationException refused) when (refused.InnerException is SqliteException)
        {
            // Made-up rows refer to nothing. The plan is the same.
        }
        finally
        {
            raw.sqlite3_trace(connection.Handle, (strdelegate_trace?)null, null);
        }
        return [.. statements.SelectMany(statement => Query(connection, $"EXPLAIN QUERY PLAN {statement}", column: 3))
            .DefaultIfEmpty(statements.Count > 0 ? "no table is read" : "").Where(plan => plan.Length > 0)];

        // What triggers do is traced as a comment: one row by its primary key (Journal/RowChecksums).
        void Note(string statement)
        {
            if (!statement.StartsWith("--", StringComparison.Ordinal))
            {
                statements.Add(statement);
            }
        }
    }

    private static List<string> Query(SqliteConnection connection, string sql, int column = 0)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        var found = new List<string>();
        while (rows.Read())
        {
            found.Add(rows.GetString(column));
        }
        return found;
    }

    private static object? Example(Type type) => type switch
    {
        _ when type == typeof(string) => "x",
        _ when type == typeof(long) => 1L,
        _ when type == typeof(int) => 1,
        _ when type == typeof(PinKind) => PinKind.Tree,
        _ when type == typeof(RecordedRow) => new RecordedRow("setting", ["x", "x", "1"]),
        _ when type == typeof(IReadOnlyList<string>) => new[] { "x" },
        _ when type == typeof(IReadOnlySet<string>) => new HashSet<string>(),
        _ when type == typeof(IReadOnlyList<OfferedComponentRow>) => new[] { new OfferedComponentRow() },
        _ => Activator.CreateInstance(type),
    };

    private static Dictionary<string, (PropertyInfo? Table, MethodInfo Method)> ListMethods()
    {
        const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var ofTables = typeof(JournalSession).GetProperties()
            .Where(property => property.PropertyType.Name.EndsWith("Table", StringComparison.Ordinal))
            .SelectMany(property => property.PropertyType.GetMethods(Own).Select(method => (Table: (PropertyInfo?)property, method)));
        var ofQuery = typeof(SelectionQuery).GetMethods(Own)
            .Where(method => method.ReturnType != typeof(void)).Select(method => (Table: (PropertyInfo?)null, method));
        return ofTables.Concat(ofQuery)
            .GroupBy(found => $"{found.method.DeclaringType!.Name}.{found.method.Name}")
            .SelectMany(group => group.Count() == 1
                ? [(group.Key, group.Single())]
                : group.Select(found => ($"{group.Key}/{found.method.GetParameters().Length}", found)))
            .ToDictionary(named => named.Item1, named => (named.Item2.Table, named.Item2.method));
    }

    private sealed class TakenBackException : Exception;
}
