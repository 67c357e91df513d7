using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using ToolchainStore.Platform;

namespace ToolchainStore.Journal;

/// <summary>How the journal makes a commit durable and who may share it.</summary>
public enum JournalMode
{
    /// <summary>Write-ahead log: readers never wait. For file systems of one machine.</summary>
    WriteAheadLog,

    /// <summary>Rollback journal: correct across network clients; readers wait for a commit.</summary>
    Rollback,
}

/// <summary>Whom to tell that we wait, and for how long we do.</summary>
public sealed record JournalPatience(Action<string> Notice, TimeSpan Deadline)
{
    public static JournalPatience Default { get; } = new(static _ => { }, TimeSpan.FromSeconds(60));

    public NetworkNotice NetworkNotice { get; init; } = NetworkNotice.Off;

    /// <summary>Ends the process with an error, on whatever thread; null if it may wait for ever for a server's answer.</summary>
    public Action<StoreException>? Abandon { get; init; }
}

/// <summary>
/// The connection to journal.db: one per command, never pooled. Its rules:
/// every change is one <c>BEGIN IMMEDIATE</c> transaction that inserts a random id, so that after an error from
/// COMMIT a new connection can tell whether it happened; nothing slow happens inside; waiting is bounded and said.
/// The database file is opened by nothing but SQLite: any other close of it in this process would drop its locks.
/// </summary>
public sealed class JournalDatabase : IDisposable
{
    /// <summary>3.51.3 is the first version without the WAL-reset corruption (sqlite.org/wal.html).</summary>
    private const int OldestSafeSqlite = 3_051_003;

    private const int FirstPauseMilliseconds = 2;
    private const int LongestPauseMilliseconds = 50;
    private static readonly TimeSpan CauseDeadline = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NoticeAfter = TimeSpan.FromSeconds(1);

    private readonly Machine machine;
    private readonly StoreLayout layout;
    private readonly JournalPatience patience;
    private readonly JournalMount? mount;
    private readonly bool isWritable;

    // Of a reader: what it looks up by plain SQLite, and how it connects when it asks for more. ADO.NET starts a thread at its first
    // connection, which takes as long as all lookups of a command together.
    private readonly SelectionQuery? lookups;
    private readonly Func<SqliteConnection>? connect;
    private SqliteConnection? opened;

    // One connection serves the threads of a command; a transaction belongs to one of them.
    private readonly Lock transactionLock = new();

    private JournalDatabase(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount? mount, SqliteConnection connection,
        bool isWritable)
    {
        this.machine = machine;
        this.layout = layout;
        this.patience = patience;
        this.mount = mount;
        opened = connection;
        this.isWritable = isWritable;
    }

    private JournalDatabase(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount? mount, SelectionQuery lookups,
        Func<SqliteConnection> connect)
    {
        this.machine = machine;
        this.layout = layout;
        this.patience = patience;
        this.mount = mount;
        this.lookups = lookups;
        this.connect = connect;
    }

    private SqliteConnection Connection => opened ??= connect!();

    /// <summary>Opens the journal for commands that change the store, making or migrating it first.</summary>
    /// <remarks>
    /// Crash: a migration is one transaction; a journal without tables is migrated by the next writer.
    /// Locking: several creators serialise on SQLite's own lock.
    /// </remarks>
    public static JournalDatabase OpenForWriting(Machine machine, StoreLayout layout, JournalPatience patience)
    {
        RequireSafeSqlite();
        foreach (var directory in layout.Directories)
        {
            machine.Files.CreateDirectories(directory);
        }
        var mount = JournalMount.Examine(machine, layout, patience);
        if (!machine.Files.Exists(layout.Journal))
        {
            RefuseToStartEmpty(machine, layout);
            MakeHomeDurable(machine, layout); // Guard: sync-home
            MakeFile(machine, layout);
        }
        else if (mount.IsNetwork)
        {
            JournalHeader.RefuseLog(layout);
        }
        var journal = Connect(machine, layout, patience, mount, isWritable: true);
        try
        {
            journal.Prepare();
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Opens the journal for reading; null if there is none yet, or a writer has to finish it first.</summary>
    /// <remarks>
    /// Nothing is written, but for the index of the log where there is none, and nothing is opened for writing; by somebody who may
    /// not write the store not even then.
    /// </remarks>
    public static JournalDatabase? TryOpenForReading(Machine machine, StoreLayout layout, JournalPatience patience)
    {
        if (!machine.Files.Exists(layout.Journal))
        {
            return null;
        }
        var mount = JournalMount.Examine(machine, layout, patience);
        if (mount.IsNetwork)
        {
            Batteries_V2.Init();
            JournalHeader.RefuseLog(layout);
        }
        if (!machine.Files.CanWrite(layout.Root))
        {
            return TryOpenOfOthers(machine, layout, patience, mount);
        }
        if (TryLookUp(machine, layout, patience, mount) is { } reader)
        {
            return reader;
        }
        var journal = Connect(machine, layout, patience, mount, isWritable: false);
        try
        {
            // Before the first version another process is about to create it; after an older program it has to be migrated.
            if (journal.Read(session => session.SchemaVersion) >= Migrations.Latest)
            {
                return journal;
            }
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.AccessDenied)
        {
            // A crash in the middle of a commit, or of the change to a write-ahead log, left a rollback journal. Only a
            // writer may roll it back, and we may write.
        }
        catch
        {
            journal.Dispose();
            throw;
        }
        journal.Dispose();
        return null;
    }

    /// <summary>A journal in order, by lookups alone until more is asked; null where that has to be found out in other ways.</summary>
    private static JournalDatabase? TryLookUp(Machine machine, StoreLayout layout, JournalPatience patience, JournalMount mount)
    {
        if (!machine.Journal.IsFile || SelectionQuery.TryOpen(machine, layout, patience) is not { } lookups)
        {
            return null;
        }
        try
        {
            if (lookups.IsMigrated)
            {
                lookups.LeaveSnapshot();
                var journal = new JournalDatabase(
                    machine, layout, patience, mount, lookups, () => OpenConnection(machine, layout, isWritable: false));
                lookups.CloseOthers = journal.CloseConnection;
                return journal;
            }
        }
        catch (StoreException)
        {
            lookups.Dispose();
            throw;
        }
        lookups.Dispose();
        return null;
    }

    /// <summary>
    /// For somebody who may not write the store: the journal as it is, else where nothing can change without its log, else a copy in
    /// memory. One that an older program made is migrated in memory. Null if there is nothing in it yet.
    /// </summary>
    private static JournalDatabase? TryOpenOfOthers(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount mount)
    {
        var journal = TryOpenAsReader(machine, layout, patience, mount)
            ?? (IsUnchanging(machine, layout)
                ? TryRead(machine, layout, patience, mount, ReadOnlyFiles.UnchangingDataSource(layout.Journal), access: null)
                : null)
            ?? ReadCopy(machine, layout);
        var version = journal.Read(session => session.SchemaVersion);
        if (version >= Migrations.Latest)
        {
            return journal;
        }
        using (journal)
        {
            return version == 0 ? null : journal.CopyIntoMemory();
        }
    }

    private static JournalDatabase? TryOpenAsReader(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount mount)
    {
        if (!machine.Journal.IsFile || SelectionQuery.HasTornLog(machine, layout))
        {
            return null;
        }
        ReadOnlyFiles.Register();
        return TryRead(machine, layout, patience, mount, ReadOnlyFiles.DataSource(layout.Journal), ReadOnlyFiles.Name);
    }

    private static JournalDatabase? TryRead(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount mount, string source, string? access)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = source,
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            Vfs = access,
        };
        var journal = new JournalDatabase(
            machine, layout, patience, mount, new SqliteConnection(settings.ToString()), isWritable: false);
        try
        {
            journal.Connection.Open();
            RowChecksums.Register(journal.Connection);
            journal.Read(session => session.SchemaVersion);
            return journal;
        }
        catch (Exception unreadable) when (unreadable is SqliteException or FileSystemException)
        {
            journal.Dispose();
            return null;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    private static JournalDatabase ReadCopy(Machine machine, StoreLayout layout)
    {
        var journal = OpenInMemory(machine, layout);
        try
        {
            JournalCopy.ReadInto(journal.Connection.Handle!, machine, layout);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether nobody can write the journal and no log belongs to it. A log that is there must be read; and a mount that is
    /// read-only here may be written elsewhere, but a writer leaves a log.
    /// </summary>
    internal static bool IsUnchanging(Machine machine, StoreLayout layout) =>
        machine.Files.Describe(layout.Root).IsReadOnly
        && (machine.Files.Status(layout.Journal + "-wal")?.SizeBytes ?? 0) == 0
        && (machine.Files.Status(layout.Journal + "-journal")?.SizeBytes ?? 0) == 0;

    /// <summary>What the journal holds now, in memory and of the newest version: for changes that are of this command alone.</summary>
    public JournalDatabase CopyIntoMemory()
    {
        var copy = OpenInMemory(machine, layout);
        try
        {
            Connection.BackupDatabase(copy.Connection);
            copy.Migrate(JournalMode.Rollback);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>A journal that lives in memory only: for homes that may not be written and have none, and to be written out whole.</summary>
    public static JournalDatabase CreateInMemory(Machine machine, StoreLayout layout, JournalMode mode = JournalMode.Rollback)
    {
        var journal = OpenInMemory(machine, layout);
        journal.Migrate(mode);
        return journal;
    }

    private static JournalDatabase OpenInMemory(Machine machine, StoreLayout layout)
    {
        var connection = new SqliteConnection("Data Source=:memory:;Pooling=False;Foreign Keys=True");
        connection.Open();
        RowChecksums.Register(connection);
        return new JournalDatabase(machine, layout, JournalPatience.Default, mount: null, connection, isWritable: true);
    }

    /// <summary>Answers from one consistent snapshot.</summary>
    public T Read<T>(Func<JournalSession, T> query)
    {
        using var exclusive = transactionLock.EnterScope();
        // The SELECT takes the read lock, so that no later statement of the query can find the journal busy.
        var begunAt = machine.Clock.GetTimestamp();
        Retry(JournalStep.BeginReading, "read");
        try
        {
            var result = query(new JournalSession(Connection, isWriting: false));
            machine.Trace?.Invoke($"journal: read in {machine.Since(begunAt)}");
            return result;
        }
        catch (SqliteException failed)
        {
            throw Explain(layout.Journal, failed);
        }
        catch (Exception unexpected) when (FindDamage(unexpected) is { } damage)
        {
            throw JournalFault.Damaged(layout.Journal, damage, unexpected);
        }
        finally
        {
            RollBack();
        }
    }

    /// <summary>The error that a damaged journal is, if it may be why something failed as it cannot; null otherwise.</summary>
    /// <remarks>As for any reader: nothing is written, and nobody waited for but for a moment.</remarks>
    public static StoreException? FindCause(Machine machine, StoreLayout layout, Exception unexpected)
    {
        try
        {
            using var journal = TryOpenForReading(machine, layout, JournalPatience.Default with { Deadline = CauseDeadline });
            return journal?.Read(_ => journal.FindDamage(unexpected)) is { } damage ? JournalFault.Damaged(layout.Journal, damage, unexpected) : null;
        }
        catch (StoreException unreadable)
        {
            return unreadable.Kind == StoreErrorKind.Corrupt ? unreadable : null;
        }
    }

    /// <summary>
    /// What is wrong with the journal, if that may be why something failed as it cannot: a page that another one has replaced
    /// passes SQLite's own looks, and rows are not what any program of ours has written. Null if nothing is, or something else failed.
    /// </summary>
    private string? FindDamage(Exception unexpected)
    {
        if (unexpected is not (InvalidOperationException or FormatException or ArgumentException or NullReferenceException or InvalidCastException
            or OverflowException or IndexOutOfRangeException or KeyNotFoundException or StoreException { Kind: StoreErrorKind.Broken }))
        {
            return null;
        }
        try
        {
            var session = new JournalSession(Connection, isWriting: false);
            return session.CheckIntegrity() is [var complaint, ..]
                ? complaint
                : session.FindDamagedRows() is [var row, ..] ? $"table {row.Table} is not as it was written" : null;
        }
        catch (SqliteException unreadable)
        {
            return unreadable.Message;
        }
    }

    /// <summary>Changes the journal in one transaction, or not at all.</summary>
    /// <remarks>
    /// Crash: before COMMIT nothing happened; after it everything did. Locking: SQLite's single writer lock is held
    /// while <paramref name="change"/> runs, so it may do no more than the renames of a publication.
    /// </remarks>
    /// <exception cref="UnknownOutcomeException">COMMIT failed and the journal cannot be asked.</exception>
    public T Write<T>(Func<JournalSession, T> change)
    {
        Invariant.Hold(isWritable, "only a journal opened for writing is changed");
        using var exclusive = transactionLock.EnterScope();
        return Commit(session =>
        {
            session.RefuseOldWriter();
            return change(session);
        });
    }

    public void Write(Action<JournalSession> change) => Write(session =>
    {
        change(session);
        return true;
    });

    /// <summary>Whether other machines may use this store at the same time.</summary>
    public bool IsShared => mount?.IsNetwork == true;

    /// <summary>Makes this journal one with a write-ahead log, or with a rollback journal.</summary>
    /// <remarks>
    /// Crash: once the wish is committed, the next command that writes and finds nobody else carries it out; until then the
    /// file is what it was, and every connection obeys the file. Locking: waits until no other process has a write-ahead log
    /// open; when one stays for longer than the patience, nothing has changed.
    /// </remarks>
    /// <exception cref="StoreException">Usage: a log on a network, or while another machine changes the store.</exception>
    public void Convert(JournalMode mode)
    {
        if (mode == JournalMode.WriteAheadLog && IsShared)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"the store in '{layout.Root}' is on a network file system, where a write-ahead log loses commits"
                + "\nhelp: run this on the machine that has it on a local disk, when no other uses it any more");
        }
        var before = JournalHeader.IsLog(Connection.Handle) ? JournalMode.WriteAheadLog : JournalMode.Rollback;
        Record(mode);
        try
        {
            using var exclusive = transactionLock.EnterScope();
            if (mode != before)
            {
                Retry(mode == JournalMode.WriteAheadLog ? MakeLog : RemoveLog, "change the mode of");
            }
            ApplyMode(mode);
        }
        catch (StoreException busy) when (busy.Kind == StoreErrorKind.Busy)
        {
            Record(before);
            throw;
        }
    }

    private void Record(JournalMode mode) => Write(session =>
    {
        if (mode == JournalMode.WriteAheadLog
            && session.Operations.ListRunning().FirstOrDefault(operation => operation.Host != machine.Processes.HostName) is { } elsewhere)
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                $"another machine changes this store: {elsewhere.Describe()}"
                + "\nhelp: a write-ahead log is for one machine; wait for the end of that command, and use the store from here only");
        }
        session.Store.Set(StoreTable.Mode, JournalModeText.Format(mode));
    });

    /// <summary>Answers from one consistent snapshot by the lookups that proxies use, for which nothing more is opened.</summary>
    public T LookUp<T>(Func<SelectionQuery, T> ask)
    {
        using var exclusive = transactionLock.EnterScope();
        if (lookups is null)
        {
            using var query = SelectionQuery.Open(
                machine, layout, patience, Connection.Handle ?? throw new InvalidOperationException("the journal is closed"));
            return ask(query);
        }
        lookups.StartNewSnapshot();
        try
        {
            return ask(lookups);
        }
        finally
        {
            lookups.LeaveSnapshot();
        }
    }

    /// <summary>SQLite's own check of pages, indices and foreign keys: empty if all is well.</summary>
    public IReadOnlyList<string> CheckIntegrity() => Read(session => session.CheckIntegrity());

    public void Dispose()
    {
        lookups?.Dispose();
        opened?.Dispose();
    }

    private static JournalDatabase Connect(
        Machine machine, StoreLayout layout, JournalPatience patience, JournalMount? mount, bool isWritable)
    {
        var connection = OpenConnection(machine, layout, isWritable);
        return new JournalDatabase(machine, layout, patience, mount, connection, isWritable);
    }

    private static SqliteConnection OpenConnection(Machine machine, StoreLayout layout, bool isWritable)
    {
        var settings = new SqliteConnectionStringBuilder
        {
            DataSource = machine.Journal.DataSource(layout.Journal),
            Mode = isWritable ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
            ForeignKeys = isWritable,
        };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
        }
        catch (SqliteException refused)
        {
            connection.Dispose();
            throw Explain(layout.Journal, refused);
        }
        RowChecksums.Register(connection);
        return connection;
    }

    public static string SqliteVersion
    {
        get
        {
            Batteries_V2.Init();
            return raw.sqlite3_libversion().utf8_to_string();
        }
    }

    /// <summary>What is wrong with the SQLite that is there; null if nothing is.</summary>
    public static string? FindSqliteFault()
    {
        Batteries_V2.Init();
        return FindSqliteFault(raw.sqlite3_libversion_number());
    }

    /// <param name="version">As SQLite numbers itself: 3051003 is 3.51.3.</param>
    internal static string? FindSqliteFault(int version) =>
        version < OldestSafeSqlite
            ? $"SQLite {SqliteVersion} can corrupt a journal that several processes write"
                + "\nhelp: use the SQLite library that comes with this program (3.51.3 or newer)"
            : null;

    /// <summary>What the journal of a store is, without opening it; null if there is none.</summary>
    public static JournalMode? FindMode(Machine machine, StoreLayout layout)
    {
        Batteries_V2.Init();
        return machine.Files.Exists(layout.Journal) ? JournalHeader.Read(layout) : null;
    }

    /// <summary>Trees without a journal are of one that was lost: nobody must take them for nothing.</summary>
    private static void RefuseToStartEmpty(Machine machine, StoreLayout layout)
    {
        if (machine.Files.List(layout.Trees).Count > 0)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"the store in '{layout.Root}' has toolchains and no journal '{layout.Journal}'"
                + "\nhelp: run `rustup store verify --repair` to rebuild it from their records");
        }
    }

    /// <summary>Writes the whole journal into a new file, durably but for its name.</summary>
    public void WriteTo(string path)
    {
        Retry(() => Execute($"VACUUM INTO '{path.Replace("'", "''", StringComparison.Ordinal)}'"), "copy");
        using var file = machine.Files.TryOpenReadWrite(path);
        file?.Sync();
    }

    private static void RequireSafeSqlite()
    {
        // Asked here and not at start: readers of an existing journal cannot trigger the defect.
        if (FindSqliteFault() is { } fault)
        {
            throw new StoreException(StoreErrorKind.TooOld, fault);
        }
    }

    /// <summary>Makes the names of new directories durable, before there is a journal in them that promises anything.</summary>
    /// <remarks>
    /// Crash: without a journal the next command does it again; with one it was done. SQLite itself syncs the store's
    /// directory, where the journal is (os_unix.c, UNIXFILE_DIRSYNC).
    /// </remarks>
    private static void MakeHomeDurable(Machine machine, StoreLayout layout)
    {
        for (var directory = layout.RustupHome; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            try
            {
                machine.Files.SyncDirectory(directory);
            }
            catch (FileSystemException refused) when (refused.Error == FileSystemError.AccessDenied)
            {
                // We may not read it, so we did not make anything in it either.
                return;
            }
        }
    }

    /// <summary>
    /// Makes the empty file, with a mode after the umask: SQLite would make one that nobody but its owner may write, and its log and
    /// index as well, which take their mode from it.
    /// </summary>
    /// <remarks>Crash: an empty file, which is a journal that has still to be migrated. Locking: whoever is second finds it.</remarks>
    private static void MakeFile(Machine machine, StoreLayout layout)
    {
        try
        {
            machine.Files.WriteNew(layout.Journal, [], FileSystemExtensions.OrdinaryFile);
        }
        catch (FileSystemException raced) when (raced.Error == FileSystemError.Exists)
        {
            // Another command is making it.
        }
    }

    /// <summary>How a journal that is made at this place works.</summary>
    internal static JournalMode DefaultMode(Machine machine, StoreLayout layout) =>
        JournalMount.Examine(machine, layout, JournalPatience.Default).DefaultMode;

    /// <summary>Puts the connection in the store's mode, and its tables in the newest form.</summary>
    private void Prepare()
    {
        var (version, stored) = Read(session =>
        {
            var version = session.SchemaVersion;
            if (version >= Migrations.Latest)
            {
                session.RefuseOldWriter();
            }
            return (version, version == 0 ? null : JournalModeText.TryParse(session.Store.Find(StoreTable.Mode)));
        });
        if (version == 0)
        {
            RefuseToStartEmpty(machine, layout);
        }
        var mode = stored ?? mount?.DefaultMode ?? JournalMode.Rollback;
        ApplyMode(mode);
        if (version < Migrations.Latest)
        {
            Migrate(mode);
        }
        else
        {
            RowChecksums.Keep(Connection);
        }
    }

    /// <summary>What the file is decides, since every connection obeys that; what the store wants to be is caught up with.</summary>
    private void ApplyMode(JournalMode wanted)
    {
        var isLog = JournalHeader.IsLog(Connection.Handle);
        if (wanted == JournalMode.Rollback && isLog)
        {
            // A conversion was killed after it was recorded. Whoever else has the journal open keeps it as it is.
            isLog = !IsDone(machine.Locks.Ask(layout.Journal, RemoveLog));
        }
        else if (wanted == JournalMode.WriteAheadLog && !isLog && mount?.IsNetwork != true)
        {
            Retry(MakeLog, "set the mode of");
            isLog = true;
        }
        if (!isLog)
        {
            // Rollback modes belong to a connection, not to the file; EXTRA also syncs the directory.
            Retry(() => Execute("PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=EXTRA"), "set the mode of");
            return;
        }
        // With a size limit, whoever closes last empties the log it has just checkpointed: the first reader after it
        // would otherwise read all of it again, a thousand pages at worst, at each start of a tool.
        Retry(() => Execute("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=0"), "set the mode of");
        PersistentLog.Keep(Connection, true);
    }

    private int MakeLog() => Execute("PRAGMA journal_mode=WAL");

    /// <summary>Only whoever is alone can: SQLite copies the log into the database, deletes it, and marks the file.</summary>
    /// <remarks>
    /// Crash: before the mark is written the file still has a log, an empty one; the mark is a transaction of SQLite's own.
    /// </remarks>
    private int RemoveLog()
    {
        PersistentLog.Keep(Connection, false);
        var result = Execute("PRAGMA synchronous=EXTRA; PRAGMA journal_mode=TRUNCATE");
        if (result != raw.SQLITE_OK)
        {
            PersistentLog.Keep(Connection, true);
        }
        return result;
    }

    /// <summary>Brings the tables to the newest form; from then on this connection keeps their checksums.</summary>
    private void Migrate(JournalMode mode)
    {
        using var exclusive = transactionLock.EnterScope();
        Commit(session =>
        {
            Migrations.Apply(Connection, session.SchemaVersion);
            RowChecksums.Complete(Connection);
            RowChecksums.Keep(Connection);
            session.Store.SetDefault(StoreTable.Id, machine.NewId());
            session.Store.SetDefault(StoreTable.LayoutVersion, "1");
            session.Store.SetDefault(StoreTable.MinimalWriterVersion, StoreTable.FirstMinimalWriterVersion);
            session.Store.SetDefault(StoreTable.Mode, JournalModeText.Format(mode));
            session.Store.Set(StoreTable.SchemaVersion, Migrations.Latest.ToString(CultureInfo.InvariantCulture));
            return true;
        });
    }

    /// <summary>One write transaction, from BEGIN IMMEDIATE to a COMMIT whose outcome is known.</summary>
    private T Commit<T>(Func<JournalSession, T> change)
    {
        var begunAt = machine.Clock.GetTimestamp();
        Retry(JournalStep.BeginWriting, "write");
        machine.Trace?.Invoke($"journal: got the write lock in {machine.Since(begunAt)}");
        var committedId = machine.NewId();
        T result;
        try
        {
            var session = new JournalSession(Connection, isWriting: true);
            result = change(session);
            // Whatever happened, happened in this transaction; the id goes in last because a migration makes its table.
            session.Committed.Insert(committedId, machine.Clock.GetUtcNow().ToUnixTimeMilliseconds());
            machine.ReachCrashPoint(CrashPoint.BeforeCommit);
        }
        catch (SqliteException failed)
        {
            RollBack();
            throw Explain(layout.Journal, failed);
        }
        catch (Exception unexpected) when (FindDamage(unexpected) is { } damage)
        {
            RollBack();
            throw JournalFault.Damaged(layout.Journal, damage, unexpected);
        }
        catch
        {
            RollBack();
            throw;
        }
        RequireCommitted(committedId);
        machine.Trace?.Invoke($"journal: committed in {machine.Since(begunAt)}");
        machine.ReachCrashPoint(CrashPoint.AfterCommit);
        return result;
    }

    private void RequireCommitted(string committedId)
    {
        try
        {
            Retry(JournalStep.Commit, "commit to");
        }
        catch (StoreException failed) when (failed is not UnknownOutcomeException)
        {
            if (raw.sqlite3_get_autocommit(Connection.Handle) == 0)
            {
                // The transaction is still open, so nothing of it is visible to anybody.
                RollBack();
                throw;
            }
            if (!HasHappened(committedId)) // Guard: recheck-commit
            {
                throw;
            }
        }
    }

    /// <summary>A failed COMMIT is unknown, not no: over NFS it was seen to report an error and to have happened.</summary>
    private bool HasHappened(string committedId)
    {
        try
        {
            using var second = Connect(machine, layout, patience, mount, isWritable: false);
            return second.Read(session => session.Committed.Contains(committedId));
        }
        catch (StoreException unreadable)
        {
            throw new UnknownOutcomeException(layout.Journal, unreadable);
        }
    }

    private void Retry(JournalStep step, string intention)
    {
        // The SELECT takes the read lock, so that no later statement of the query can find the journal busy.
        var sql = step switch
        {
            JournalStep.BeginReading => "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1",
            JournalStep.BeginWriting => "BEGIN IMMEDIATE", // Guard: begin-immediate
            _ => "COMMIT",
        };
        Retry(() => machine.Journal.Take(step, () => Begin(sql)), intention);
        if (IsShared && step != JournalStep.Commit && JournalHeader.IsLog(Connection.Handle)) // Guard: recheck-mode
        {
            // Converted while we had it open; nothing has been written to the log yet.
            RollBack();
            throw JournalHeader.RefusedLog(layout);
        }
    }

    /// <summary>Waits while the journal is busy in any of SQLite's ways; other errors throw.</summary>
    private void Retry(Func<int> run, string intention)
    {
        var started = machine.Clock.GetTimestamp();
        var pause = FirstPauseMilliseconds;
        var hasNoticed = false;
        while (!IsDone(machine.Locks.Ask(layout.Journal, run)))
        {
            var waited = machine.Clock.GetElapsedTime(started);
            if (waited > patience.Deadline)
            {
                throw new StoreException(
                    StoreErrorKind.Busy,
                    $"could not {intention} '{layout.Journal}' for {waited.TotalSeconds:0} s: {DescribeWriters()}"
                    + "\nhelp: if that process hangs, end it; nothing needs to be cleaned up after it"
                    + mount?.Explain());
            }
            if (!hasNoticed && waited > NoticeAfter)
            {
                hasNoticed = true;
                patience.Notice($"waiting to {intention} the journal: {DescribeWriters()}");
            }
            machine.Sleep(TimeSpan.FromMilliseconds(pause));
            pause = Math.Min(pause * 2, LongestPauseMilliseconds);
        }
    }

    /// <summary>False if the journal is busy; errors throw.</summary>
    private bool IsDone(int result)
    {
        switch (result & 0xff)
        {
            case raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE:
                return true;
            case raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_PROTOCOL:
                return false;
            default:
                throw Explain(
                    layout.Journal,
                    new SqliteException(
                        // By its number: what the connection says of it may have been forgotten with a rollback.
                        raw.sqlite3_errstr(result).utf8_to_string(), result & 0xff, result));
        }
    }

    private int Begin(string sql)
    {
        var result = Execute(sql);
        if (lookups is null || !SelectionQuery.IsUnreadableAsReader(result))
        {
            return result;
        }
        lookups.OpenAnew();
        lookups.LeaveSnapshot();
        return Execute(sql);
    }

    private void CloseConnection()
    {
        opened?.Dispose();
        opened = null;
    }

    private int Execute(string sql)
    {
        if (raw.sqlite3_exec(Connection.Handle, sql) == raw.SQLITE_OK)
        {
            return raw.SQLITE_OK;
        }
        // Asked before the rollback, which succeeds and makes it forgotten.
        var error = raw.sqlite3_extended_errcode(Connection.Handle);
        if (sql.StartsWith("BEGIN;", StringComparison.Ordinal))
        {
            // A BEGIN that succeeded before a SELECT that was busy leaves a transaction open.
            RollBack();
        }
        return error;
    }

    /// <summary>Ends a transaction without effect; one that an error has ended already stays ended.</summary>
    private void RollBack() => machine.Journal.Take(
        JournalStep.RollBack, () => raw.sqlite3_exec(Connection.Handle, "ROLLBACK"));

    [SuppressMessage("Design", "CA1031", Justification = "who is waited for is a courtesy; the wait itself goes on")]
    /// <summary>Who may have the journal, as far as operations that are alive and locks on this machine show.</summary>
    private string DescribeWriters()
    {
        var running = ListAlive();
        var others = FindJournalHolders().Where(holder => !running.Any(operation => operation.ProcessId == holder.ProcessId));
        List<string> writers =
        [
            .. running.Select(operation => operation.Describe()),
            .. others.Select(holder => $"{holder.Program} (process {holder.ProcessId})"),
        ];
        return writers.Count == 0 ? "another rustup is using it" : "held by one of: " + string.Join(", ", writers);
    }

    private IEnumerable<FileHolder> FindJournalHolders() => new[] { layout.Journal, layout.Journal + "-shm" }
        .SelectMany(path => machine.Files.Status(path) is { } status ? machine.FindHolders(status.Identity) : [])
        .Where(holder => holder.ProcessId != machine.CurrentProcessId).DistinctBy(holder => holder.ProcessId);

    private IReadOnlyList<Operation> ListAlive()
    {
        try
        {
            using var reader = new SqliteConnection(
                $"Data Source={machine.Journal.DataSource(layout.Journal)};Mode=ReadOnly;Pooling=False;Default Timeout=1");
            reader.Open();
            // The snapshot first, and not waited for: whoever commits to a rollback journal keeps everybody out, ADO.NET
            // would try again for ever, and it may be we ourselves who commit and wait for a reader.
            if (raw.sqlite3_exec(reader.Handle, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1") != raw.SQLITE_OK)
            {
                return [];
            }
            return [.. new JournalSession(reader, isWriting: false).Operations.ListRunning().Where(operation => IsAlive(operation.OperationId))];
        }
        catch (SqliteException)
        {
            return [];
        }
    }

    private bool IsAlive(string operationId)
    {
        using var file = machine.Files.TryOpenRead(layout.Operation(operationId));
        return file is not null && !machine.Locks.Ask(file.Path, () => file.CouldLock(LockKind.Exclusive));
    }

    private static StoreException Explain(string path, SqliteException failed) =>
        JournalFault.Explain(path, failed.SqliteErrorCode, failed.Message, failed);
}

/// <summary>How a store remembers its mode.</summary>
public static class JournalModeText
{
    public const string Log = "wal";
    public const string Rollback = "rollback";

    public static JournalMode? TryParse(string? text) => text switch
    {
        Log => JournalMode.WriteAheadLog,
        Rollback => JournalMode.Rollback,
        _ => null,
    };

    public static string Format(JournalMode mode) => mode == JournalMode.WriteAheadLog ? Log : Rollback;
}

/// <summary>A commit of which nobody can say whether it happened: never reported as success.</summary>
public sealed class UnknownOutcomeException(string journal, Exception cause) : StoreException(
    StoreErrorKind.Disk,
    $"it is unknown whether the change to '{journal}' was recorded"
    + "\nhelp: run the command again; it does nothing that was already done",
    cause);
