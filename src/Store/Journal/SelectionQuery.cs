using System.Globalization;
using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Journal;

/// <summary>Where the tools of a name are, as the journal says.</summary>
public sealed record NamedToolchain(string Name, string? TreeId, string? LinkedPath);

/// <summary>
/// The few questions a proxy asks, by plain SQLite calls: no Dapper, no ADO.NET, 0.8 ms where those take 1.9 ms.
/// Each is one lookup by primary key, so the answer takes as long with a thousand toolchains as with one.
/// </summary>
public sealed class SelectionQuery : IDisposable
{
    private const int PauseMilliseconds = 5;
    private static readonly TimeSpan NoticeAfter = TimeSpan.FromSeconds(1);

    private readonly Machine machine;
    private readonly StoreLayout layout;
    private readonly JournalPatience patience;
    private sqlite3 handle;
    private readonly bool ownsHandle;

    // By their text: a selection asks the same of every directory, and compiling a question takes longer than its answer.
    private readonly Dictionary<string, sqlite3_stmt> statements = [];

    private SelectionQuery(
        Machine machine, StoreLayout layout, JournalPatience patience, sqlite3 handle, bool ownsHandle)
    {
        this.machine = machine;
        this.layout = layout;
        this.patience = patience;
        this.handle = handle;
        this.ownsHandle = ownsHandle;
    }

    /// <summary>Whether nothing is opened for writing: then some states of the journal can only be read in another way.</summary>
    private bool IsReader { get; init; }

    /// <summary>Whether other machines may write here: a write-ahead log would lose what they do.</summary>
    private bool IsShared { get; init; }

    /// <summary>Closes what else this process has open of the journal, before it is opened anew.</summary>
    internal Action? CloseOthers { get; set; }

    /// <summary>To be called first by a program that will ask from one thread: SQLite then keeps no mutexes and no statistics.</summary>
    public static void ExpectOneThread()
    {
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        raw.sqlite3_config(raw.SQLITE_CONFIG_SINGLETHREAD);
        raw.sqlite3_config(raw.SQLITE_CONFIG_MEMSTATUS, 0);
    }

    /// <summary>Opens the journal read-only; null if there is none, or whoever may write has to bring it in order first.</summary>
    /// <remarks>
    /// Locking: a write-ahead log is read at once, whoever writes. A rollback journal is waited for while somebody
    /// commits; after a second that is said, after the deadline it is an error. For somebody who may not write the store
    /// nothing of it is opened for writing or made.
    /// </remarks>
    public static SelectionQuery? TryOpen(Machine machine, StoreLayout layout, JournalPatience patience)
    {
        if (TryExamine(machine, layout, patience) is not { } mount)
        {
            return null;
        }
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        if (mount.IsNetwork)
        {
            JournalHeader.RefuseLog(layout);
        }
        if (!machine.Files.CanWrite(layout.Root))
        {
            return TryOpenOfOthers(machine, layout, patience, mount.IsNetwork);
        }
        // A log with something in it has a writer, with whom the index is shared at no cost, or was left by one that was killed.
        return (mount.IsNetwork || LogBytes(machine, layout) is 0 ? TryOpenAsReader(machine, layout, patience, mount.IsNetwork) : null)
            ?? TryOpen(machine, layout, patience, machine.Journal.DataSource(layout.Journal), access: null, mount.IsNetwork);
    }

    private static SelectionQuery? TryOpen(
        Machine machine, StoreLayout layout, JournalPatience patience, string source, string? access, bool isShared)
    {
        var flags = raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX | raw.SQLITE_OPEN_URI;
        var result = raw.sqlite3_open_v2(source, out var handle, flags, access);
        var query = new SelectionQuery(machine, layout, patience, handle, ownsHandle: true)
        {
            IsReader = access == ReadOnlyFiles.Name,
            IsShared = isShared,
        };
        var isOpen = false;
        try
        {
            // One snapshot for all questions; it ends before exec, so it never holds up a checkpoint for long.
            isOpen = result == raw.SQLITE_OK && query.BeginSnapshot() == raw.SQLITE_OK;
            return isOpen ? query : null;
        }
        finally
        {
            if (!isOpen)
            {
                query.Dispose();
            }
        }
    }

    /// <summary>
    /// Without writing anything, not even the index of the log: nobody waits for anybody then, however many start at once, and it
    /// takes less time. Null where that cannot be: there is no index, or what a killed writer left has to be brought in order.
    /// </summary>
    private static SelectionQuery? TryOpenAsReader(Machine machine, StoreLayout layout, JournalPatience patience, bool isShared)
    {
        if (!machine.Journal.IsFile)
        {
            return null;
        }
        ReadOnlyFiles.Register();
        return TryOpen(machine, layout, patience, ReadOnlyFiles.DataSource(layout.Journal), ReadOnlyFiles.Name, isShared);
    }

    /// <summary>The size of the write-ahead log; null if there is none.</summary>
    private static long? LogBytes(Machine machine, StoreLayout layout) => machine.Files.Status(layout.Journal + "-wal")?.SizeBytes;

    /// <summary>As it is, else where nothing can change without its log, else from a copy.</summary>
    private static SelectionQuery? TryOpenOfOthers(Machine machine, StoreLayout layout, JournalPatience patience, bool isShared)
    {
        if (!machine.Files.Exists(layout.Journal))
        {
            return null;
        }
        if (!HasTornLog(machine, layout) && TryOpenAsReader(machine, layout, patience, isShared) is { } asItIs)
        {
            return asItIs;
        }
        if (JournalDatabase.IsUnchanging(machine, layout)
            && TryOpen(machine, layout, patience, ReadOnlyFiles.UnchangingDataSource(layout.Journal), access: null, isShared) is { } unchanging)
        {
            return unchanging;
        }
        raw.sqlite3_open_v2(
            ":memory:", out var memory, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_MEMORY | raw.SQLITE_OPEN_NOMUTEX, null);
        var query = new SelectionQuery(machine, layout, patience, memory, ownsHandle: true);
        try
        {
            JournalCopy.ReadInto(memory, machine, layout);
            query.Check(query.BeginSnapshot());
            return query;
        }
        catch
        {
            query.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether a writer was killed when its log had nothing but a header. An index of that can be made only by who may write it;
    /// a reader would try for ten seconds (wal.c, walBeginShmUnreliable compares with a header that it has not read).
    /// </summary>
    internal static bool HasTornLog(Machine machine, StoreLayout layout)
    {
        const int HeaderBytes = 32;
        return LogBytes(machine, layout) is > 0 and <= HeaderBytes;
    }

    /// <summary>Null where there is no store.</summary>
    private static JournalMount? TryExamine(Machine machine, StoreLayout layout, JournalPatience patience)
    {
        try
        {
            return JournalMount.Examine(machine, layout, patience);
        }
        catch (FileSystemException absent) when (absent.Error is FileSystemError.NotFound or FileSystemError.NotADirectory)
        {
            return null;
        }
    }

    /// <summary>Lookups on the connection of a command, in a snapshot of their own.</summary>
    internal static SelectionQuery Open(Machine machine, StoreLayout layout, JournalPatience patience, sqlite3 handle)
    {
        var query = new SelectionQuery(machine, layout, patience, handle, ownsHandle: false);
        query.Check(query.BeginSnapshot());
        return query;
    }

    /// <summary>Lets go of the snapshot: what is asked next is answered from the journal as it is then.</summary>
    public void StartNewSnapshot()
    {
        if (handle.IsClosed)
        {
            OpenAnew();
            return;
        }
        EndSnapshot();
        var result = BeginSnapshot();
        if (IsReader && IsUnreadableAsReader(result))
        {
            OpenAnew();
            return;
        }
        Check(result);
    }

    /// <summary>Begins again with another connection, and with a snapshot.</summary>
    /// <remarks>If that fails, the next snapshot tries it again.</remarks>
    internal void OpenAnew()
    {
        // First, because connections of one process share what they know of the index, and may do to it.
        Close();
        CloseOthers?.Invoke();
        var anew = TryOpen(machine, layout, patience)
            ?? throw new StoreException(
                StoreErrorKind.Disk, $"the journal '{layout.Journal}' could not be opened again\nhelp: run the command again");
        handle = anew.handle;
    }

    /// <summary>
    /// What only others can bring in order: an index that a killed writer left or that one is just making, a log that is just made, a
    /// log that does not fit its index.
    /// </summary>
    internal static bool IsUnreadableAsReader(int result) =>
        (result & 0xff) is raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PROTOCOL;

    /// <summary>Lets go of the snapshot until a new one is started: who lives long would hold up checkpoints.</summary>
    public void LeaveSnapshot() => EndSnapshot();

    /// <summary>Another text after each commit of another process. To be asked outside of snapshots.</summary>
    public string? FindDataVersion()
    {
        if (handle.IsClosed)
        {
            OpenAnew();
            LeaveSnapshot();
        }
        return FindText("PRAGMA data_version", null);
    }

    /// <summary>A reader meets journals that no writer of its version has migrated yet.</summary>
    internal bool IsMigrated => int.Parse(FindText("PRAGMA user_version", null) ?? "0", CultureInfo.InvariantCulture) >= Migrations.Latest;

    private int BeginSnapshot()
    {
        var started = machine.Clock.GetTimestamp();
        var hasNoticed = false;
        int result;
        while (IsBusy(result = machine.Locks.Ask(
            layout.Journal, () => machine.Journal.Take(JournalStep.BeginSnapshot, TryBeginSnapshot))))
        {
            if (IsReader && IsUnreadableAsReader(result))
            {
                return result;
            }
            var waited = machine.Clock.GetElapsedTime(started);
            if (waited > patience.Deadline)
            {
                throw new StoreException(
                    StoreErrorKind.Busy,
                    $"could not read '{layout.Journal}' for {waited.TotalSeconds:0} s: another rustup is writing to it"
                    + "\nhelp: if that process hangs, end it; nothing needs to be cleaned up after it"
                    + JournalMount.Explain(machine, layout));
            }
            if (!hasNoticed && waited > NoticeAfter)
            {
                hasNoticed = true;
                patience.Notice("waiting to read the journal: another rustup is writing to it");
            }
            machine.Sleep(TimeSpan.FromMilliseconds(PauseMilliseconds));
        }
        return result;
    }

    private int TryBeginSnapshot()
    {
        // BEGIN alone takes nothing. The PRAGMA takes the snapshot and the read lock; a SELECT would first take them for the
        // schema, let go, and take them again, which over a network is four more questions to the server.
        var result = raw.sqlite3_exec(handle, "BEGIN; PRAGMA schema_version; SELECT 1 FROM store LIMIT 1");
        if (result != raw.SQLITE_OK)
        {
            EndSnapshot();
        }
        else if (IsShared && JournalHeader.IsLog(handle)) // Guard: recheck-mode-read
        {
            // Converted while we had it open.
            EndSnapshot();
            throw JournalHeader.RefusedLog(layout);
        }
        return result;
    }

    /// <summary>
    /// Lets go of the snapshot until <see cref="StartNewSnapshot"/>: before waiting for anybody who may change the journal, since
    /// whoever commits to a rollback journal waits for all snapshots.
    /// </summary>
    /// <remarks>One that an error has ended already stays ended.</remarks>
    public void EndSnapshot()
    {
        if (!handle.IsClosed)
        {
            raw.sqlite3_exec(handle, "ROLLBACK");
        }
    }

    private static bool IsBusy(int result) =>
        (result & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL;

    public string? FindStoreCell(string key) => FindText("SELECT value FROM store WHERE key = ?1", key);

    /// <summary>A text of settings.toml; none in a journal that a writer has still to migrate.</summary>
    public string? FindSettingsText(string kind) =>
        IsMigrated ? FindText("SELECT text FROM settings_text WHERE kind = ?1", kind) : null;

    public string? FindSetting(string key) => FindText("SELECT value FROM setting WHERE key = ?1", key);

    public string? FindOverride(string directory) =>
        FindText("SELECT toolchain FROM override WHERE path = ?1", directory);

    /// <summary>All overrides, by path.</summary>
    public IReadOnlyList<OverrideRow> ListOverrides()
    {
        var overrides = new List<OverrideRow>();
        Query("SELECT path, toolchain FROM override ORDER BY path", null, null, row =>
        {
            overrides.Add(new OverrideRow { Path = ColumnText(row, 0) ?? "", Toolchain = ColumnText(row, 1) ?? "" });
            return true;
        });
        return overrides;
    }

    public bool HasOverrides() => FindText("SELECT '1' FROM override LIMIT 1", null) is not null;

    /// <summary>The number of the newest notice, 0 before the first.</summary>
    public long FindLastNotice() => IsMigrated && FindText("SELECT max(notice_id) FROM notice", null) is { } number
        ? long.Parse(number, CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Whether a notice newer than this one tells those who run from a tree by this name to end.</summary>
    public bool IsToldToStop(string treeId, string toolchainName, long after) =>
        IsMigrated && QueryFirst(
            """
            SELECT '1' FROM notice
            WHERE notice_id > CAST(?3 AS INTEGER) AND tree_id = ?1 AND toolchain_name = ?2 AND kind = 'stop' LIMIT 1
            """,
            treeId, row => ColumnText(row, 0), toolchainName, after.ToString(CultureInfo.InvariantCulture)) is not null;

    public NamedToolchain? FindToolchain(string name)
    {
        const string Sql = """
            SELECT g.tree_id, t.linked_path FROM toolchain t
            LEFT JOIN generation g ON g.generation_id = t.current_generation WHERE t.name = ?1
            """;
        return QueryFirst(Sql, name, row => new NamedToolchain(
            name, ColumnText(row, 0), ColumnText(row, 1)));
    }

    /// <summary>All names of the journal.</summary>
    public IReadOnlyList<NamedToolchain> ListToolchains()
    {
        var toolchains = new List<NamedToolchain>();
        Query(
            "SELECT t.name, g.tree_id, t.linked_path FROM toolchain t LEFT JOIN generation g ON g.generation_id = t.current_generation",
            null, null, row =>
            {
                toolchains.Add(new NamedToolchain(ColumnText(row, 0) ?? "", ColumnText(row, 1), ColumnText(row, 2)));
                return true;
            });
        return toolchains;
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

    /// <summary>
    /// The components of a tree, unpacked or not, as (package, target) pairs; no target means every host.
    /// </summary>
    public IReadOnlyList<(string Package, string? Target)> ListComponentsOf(string treeId)
    {
        const string Sql = """
            SELECT c.package, c.target FROM tree_component e JOIN component c ON c.component_id = e.component_id
            WHERE e.tree_id = ?1 ORDER BY e.position
            """;
        const string WaitingSql = """
            SELECT d.package, d.target FROM tree_deferred e JOIN deferred d ON d.component_id = e.component_id
            WHERE e.tree_id = ?1 ORDER BY e.position
            """;
        var components = new List<(string, string?)>();
        Query(Sql, treeId, null, Add);
        if (IsMigrated)
        {
            Query(WaitingSql, treeId, null, Add);
        }
        return components;

        bool Add(sqlite3_stmt row)
        {
            components.Add((ColumnText(row, 0) ?? "", ColumnText(row, 1)));
            return true;
        }
    }

    /// <summary>The package that a release knows by this short or full name, for toolchain files.</summary>
    public string? FindOfferedPackage(string manifestDigest, string host, string name) => QueryFirst(
        """
        SELECT package FROM manifest_component
        WHERE manifest_digest = ?1 AND host = ?3 AND available = 1 AND (short_name = ?2 OR package = ?2) LIMIT 1
        """,
        manifestDigest, row => ColumnText(row, 0), name, host);

    /// <summary>What a release offers to a host.</summary>
    public IReadOnlyList<OfferedComponentRow> ListOffered(string manifestDigest, string host)
    {
        var offered = new List<OfferedComponentRow>();
        Query(
            "SELECT package, target, short_name, available FROM manifest_component WHERE manifest_digest = ?1 AND host = ?2",
            manifestDigest, host, row =>
            {
                offered.Add(new OfferedComponentRow
                {
                    Package = ColumnText(row, 0) ?? "",
                    Target = ColumnText(row, 1) ?? "",
                    ShortName = ColumnText(row, 2) ?? "",
                    Available = raw.sqlite3_column_int(row, 3) != 0,
                });
                return true;
            });
        return offered;
    }

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
            Close();
            return;
        }
        DropStatements();
        EndSnapshot();
    }

    private void Close()
    {
        DropStatements();
        if (!handle.IsClosed)
        {
            EndSnapshot();
            raw.sqlite3_close_v2(handle);
            handle.Dispose();
        }
    }

    private void DropStatements()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }
        statements.Clear();
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
        var statement = Prepare(sql);
        Bind(statement, 1, first);
        Bind(statement, 2, second);
        Bind(statement, 3, third);
        try
        {
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW && visit(statement))
            {
            }
            if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
            {
                Check(result);
            }
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
    }

    private sqlite3_stmt Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            Check(raw.sqlite3_prepare_v2(handle, sql, out statement));
            statements.Add(sql, statement);
        }
        return statement;
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
            throw JournalFault.Explain(layout.Journal, result, raw.sqlite3_errmsg(handle).utf8_to_string());
        }
    }
}
