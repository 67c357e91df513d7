using System.Globalization;
using Dapper;
using Microsoft.Data.Sqlite;

[module: DapperAot]

namespace ToolchainStore.Journal;

/// <summary>The tables of the journal within one transaction.</summary>
public sealed class JournalSession
{
    /// <summary>The version of this program as a writer; a store may demand a newer one.</summary>
    public const int WriterVersion = 3;

    private readonly SqliteConnection connection;
    private readonly bool isWriting;

    internal JournalSession(SqliteConnection connection, bool isWriting)
    {
        this.connection = connection;
        this.isWriting = isWriting;
    }

    public StoreTable Store => new(this);

    public OperationTable Operations => new(this);

    public CommittedTable Committed => new(this);

    public ComponentTable Components => new(this);

    public ArchiveTable Archives => new(this);

    public AdoptionTable Adoptions => new(this);

    public DeferredTable Deferred => new(this);

    public TreeTable Trees => new(this);

    public ManifestTable Manifests => new(this);

    public ToolchainTable Toolchains => new(this);

    public StaleViewTable StaleViews => new(this);

    public GenerationTable Generations => new(this);

    public MoveTable Moves => new(this);

    public NoticeTable Notices => new(this);

    public SettingTable Settings => new(this);

    public SettingsTextTable SettingsTexts => new(this);

    public OverrideTable Overrides => new(this);

    public DownloadTable Downloads => new(this);

    public PinTable Pins => new(this);

    public DamageTable Damage => new(this);

    public RecordTable Records => new(this);

    public int SchemaVersion
    {
        get
        {
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            return Convert.ToInt32(command.ExecuteScalar());
        }
    }

    internal SqliteConnection Connection => connection;

    /// <summary>The connection, for a statement that changes something.</summary>
    internal SqliteConnection WritableConnection
    {
        get
        {
            Invariant.Hold(isWriting, "the journal changes in write transactions only");
            return connection;
        }
    }

    /// <summary>A store can outgrow this program; then nothing of it may be changed by us.</summary>
    internal void RefuseOldWriter()
    {
        if (Store.Find(StoreTable.MinimalWriterVersion) is { } text
            && int.TryParse(text, out var needed)
            && needed > WriterVersion)
        {
            throw new StoreException(
                StoreErrorKind.TooOld,
                $"this store needs a program with writer version {needed}; this one has {WriterVersion}"
                + (Operations.FindNewestVersion() is { } version ? $"\nnote: rustup {version} changed it last" : "")
                + "\nhelp: run `rustup self update`, or use the program that made the store");
        }
    }

    /// <summary>Rows that are not as they were written; none in a journal that a writer has still to migrate.</summary>
    public IReadOnlyList<DamagedRow> FindDamagedRows() =>
        SchemaVersion < Migrations.IntegrityVersion ? [] : RowChecksums.FindDamaged(connection);

    internal IReadOnlyList<string> CheckIntegrity()
    {
        var complaints = new List<string>();
        Read("PRAGMA integrity_check", row =>
        {
            if (row.GetString(0) is not "ok" and var complaint)
            {
                complaints.Add(complaint);
            }
        });
        if (Store.Find(StoreTable.SchemaVersion) is { } recorded && recorded != SchemaVersion.ToString(CultureInfo.InvariantCulture))
        {
            complaints.Add($"its schema is said to be version {SchemaVersion}, and is version {recorded}");
        }
        Read("PRAGMA foreign_key_check", row => complaints.Add(
            $"a row of {row.GetString(0)} points to a row of {row.GetString(2)} that is not there"));
        return complaints;
    }

    private void Read(string sql, Action<SqliteDataReader> visit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            visit(reader);
        }
    }
}
