using SQLitePCL;

namespace ToolchainStore.Journal;

/// <summary>Where the tools of a name are, as the journal says.</summary>
public sealed record NamedToolchain(string Name, string? TreeId, string? LinkedPath);

/// <summary>
/// The few questions a proxy asks, by plain SQLite calls: no Dapper, no ADO.NET, 0.8 ms where those take 1.9 ms.
/// Each is one lookup by primary key, so the answer takes as long with a thousand toolchains as with one.
/// </summary>
public sealed class SelectionQuery : IDisposable
{
    private const int BusyTimeoutMilliseconds = 10_000;

    private readonly sqlite3 handle;
    private readonly bool ownsHandle;

    internal SelectionQuery(sqlite3 handle, bool ownsHandle)
    {
        this.handle = handle;
        this.ownsHandle = ownsHandle;
    }

    /// <summary>Opens the journal read-only; null if it cannot be read as it is.</summary>
    public static SelectionQuery? TryOpen(StoreLayout layout)
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        var flags = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX;
        var result = raw.sqlite3_open_v2(layout.Journal, out var handle, flags, null);
        var query = new SelectionQuery(handle, ownsHandle: true);
        if (result == raw.SQLITE_OK)
        {
            raw.sqlite3_busy_timeout(handle, BusyTimeoutMilliseconds);
            // One snapshot for all questions; it ends before exec, so it never holds up a checkpoint for long.
            if (raw.sqlite3_exec(handle, "BEGIN; SELECT 1 FROM store LIMIT 1") == raw.SQLITE_OK)
            {
                return query;
            }
        }
        query.Dispose();
        return null;
    }

    /// <summary>Lets go of the snapshot: what is asked next is answered from the journal as it is then.</summary>
    public void StartNewSnapshot() => Check(raw.sqlite3_exec(handle, "COMMIT; BEGIN"));

    public string? FindStoreCell(string key) => FindText("SELECT value FROM store WHERE key = ?1", key);

    public string? FindSetting(string key) => FindText("SELECT value FROM setting WHERE key = ?1", key);

    public string? FindOverride(string directory) =>
        FindText("SELECT toolchain FROM override WHERE path = ?1", directory);

    public bool HasOverrides() => FindText("SELECT '1' FROM override LIMIT 1", null) is not null;

    public NamedToolchain? FindToolchain(string name)
    {
        const string Sql = """
            SELECT g.tree_id, t.linked_path FROM toolchain t
            LEFT JOIN generation g ON g.generation_id = t.current_generation WHERE t.name = ?1
            """;
        return QueryFirst(Sql, name, row => new NamedToolchain(
            name, ColumnText(row, 0), ColumnText(row, 1)));
    }

    /// <summary>The id of the component of this package in a tree: equal ids mean the same files.</summary>
    public string? FindComponentOf(string treeId, string package) => QueryFirst(
        """
        SELECT c.component_id FROM tree_component e JOIN component c ON c.component_id = e.component_id
        WHERE e.tree_id = ?1 AND c.package = ?2
        """,
        treeId, row => ColumnText(row, 0), package);

    public bool IsTreeValid(string treeId) =>
        FindText("SELECT '1' FROM tree WHERE tree_id = ?1 AND state = 'valid'", treeId) is not null;

    /// <summary>The components of a tree as (package, target) pairs; no target means every host.</summary>
    public IReadOnlyList<(string Package, string? Target)> ListComponentsOf(string treeId)
    {
        const string Sql = """
            SELECT c.package, c.target FROM tree_component e JOIN component c ON c.component_id = e.component_id
            WHERE e.tree_id = ?1 ORDER BY e.position
            """;
        var components = new List<(string, string?)>();
        Query(Sql, treeId, null, row =>
        {
            components.Add((ColumnText(row, 0) ?? "", ColumnText(row, 1)));
            return true;
        });
        return components;
    }

    /// <summary>The package that a release knows by this short or full name, for toolchain files.</summary>
    public string? FindOfferedPackage(string manifestDigest, string host, string name) => QueryFirst(
        """
        SELECT package FROM manifest_component
        WHERE manifest_digest = ?1 AND host = ?3 AND available = 1 AND (short_name = ?2 OR package = ?2) LIMIT 1
        """,
        manifestDigest, row => ColumnText(row, 0), name, host);

    public string? FindManifestOf(string name) => FindText(
        """
        SELECT g.manifest_digest FROM toolchain t
        JOIN generation g ON g.generation_id = t.current_generation WHERE t.name = ?1
        """,
        name);

    public void Dispose()
    {
        if (ownsHandle)
        {
            raw.sqlite3_close_v2(handle);
            handle.Dispose();
        }
    }

    private string? FindText(string sql, string? argument) =>
        QueryFirst(sql, argument, row => ColumnText(row, 0));

    private T? QueryFirst<T>(
        string sql, string? first, Func<sqlite3_stmt, T?> read, string? second = null, string? third = null)
        where T : class
    {
        T? found = null;
        Query(sql, first, second, row =>
        {
            found = read(row);
            return false;
        }, third);
        return found;
    }

    private void Query(
        string sql, string? first, string? second, Func<sqlite3_stmt, bool> visit, string? third = null)
    {
        Check(raw.sqlite3_prepare_v2(handle, sql, out var statement));
        using (statement)
        {
            Bind(statement, 1, first);
            Bind(statement, 2, second);
            Bind(statement, 3, third);
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW && visit(statement))
            {
            }
            if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                Check(result);
            }
        }
    }

    private static void Bind(sqlite3_stmt statement, int position, string? value)
    {
        if (value is not null)
        {
            raw.sqlite3_bind_text(statement, position, value);
        }
    }

    private static string? ColumnText(sqlite3_stmt row, int column) =>
        raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL
            ? null
            : raw.sqlite3_column_text(row, column).utf8_to_string();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new StoreException(
                StoreErrorKind.Disk,
                $"the journal could not be read: {raw.sqlite3_errmsg(handle).utf8_to_string()}");
        }
    }
}
