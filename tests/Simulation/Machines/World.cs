using System.Globalization;
using Microsoft.Data.Sqlite;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>Everything that outlives a process: the disk, the journal's database, the server, the clock.</summary>
internal sealed class World : IDisposable
{
    internal const string HomePath = "/home/rustup";
    internal const long PlentyOfBytes = 1L << 40;

    private static int lastDatabase;

    private readonly SqliteConnection database;

    internal World(Disk disk, SqliteConnection? journalToCopy, ReleaseServer server, int seed)
    {
        Disk = disk;
        Server = server;
        Randomness = new SeededRandomness(seed);
        Disk.Now = () => Clock.Nanoseconds;
        var name = Interlocked.Increment(ref lastDatabase).ToString(CultureInfo.InvariantCulture);
        DataSource = $"file:simulated-{name}?mode=memory&cache=shared";
        // Held open, because the database lives as long as a connection to it.
        database = OpenDatabase();
        journalToCopy?.BackupDatabase(database);
    }

    internal StoreLayout Layout { get; } = new(HomePath);

    internal Disk Disk { get; set; }

    internal SimulatedClock Clock { get; } = new();

    internal SeededRandomness Randomness { get; }

    internal ReleaseServer Server { get; }

    internal string DataSource { get; }

    internal SqliteConnection Database => database;

    internal long AvailableBytes { get; set; } = PlentyOfBytes;

    /// <summary>Who has a write transaction open; null if nobody.</summary>
    internal SimulatedProcess? Writer { get; set; }

    internal int Readers { get; set; }

    /// <summary>Processes that run from a tree, whatever descriptors they have.</summary>
    internal List<RunningTool> RunningTools { get; } = [];

    /// <summary>The same world for another future: what is on the disk and in the journal, with no process.</summary>
    internal World Copy(int seed)
    {
        var copy = new World(Disk.Copy(), database, Server.Copy(), seed);
        copy.Clock.AdvanceTo(Clock.Nanoseconds);
        copy.Disk.Now = () => copy.Clock.Nanoseconds;
        return copy;
    }

    /// <summary>Whether there is a journal that somebody has finished making.</summary>
    internal bool HasJournal
    {
        get
        {
            if (Disk.Find(Layout.Journal, followsLast: true) is null)
            {
                return false;
            }
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA user_version";
            return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) > 0;
        }
    }

    /// <summary>
    /// The first to use the database makes its file and its name durable, not through the seam: SQLite syncs its directory with its
    /// log (os_unix.c, UNIXFILE_DIRSYNC).
    /// </summary>
    internal void EnsureJournalFile()
    {
        if (Disk.FindParent(Layout.Journal) is not { } parent)
        {
            return;
        }
        if (!parent.Entries.TryGetValue(Path.GetFileName(Layout.Journal), out var file))
        {
            file = Disk.Allocate(FileKind.File);
            Disk.Add(parent, Path.GetFileName(Layout.Journal), file);
        }
        if (!file.IsContentDurable)
        {
            Disk.SyncFile(file);
            Disk.SyncDirectory(parent);
        }
    }

    /// <summary>The power goes. What the journal has committed is there, unless the directory it is in is not.</summary>
    internal void LosePower(PowerLoss loss, int seed)
    {
        Disk.LosePower(loss, new Random(seed));
        RunningTools.Clear();
        if (Disk.Find(Layout.Journal, followsLast: true) is null)
        {
            using var empty = new SqliteConnection("Data Source=:memory:;Pooling=False");
            empty.Open();
            empty.BackupDatabase(database);
        }
    }

    public void Dispose() => database.Dispose();

    private SqliteConnection OpenDatabase()
    {
        var connection = new SqliteConnection($"Data Source={DataSource};Pooling=False");
        connection.Open();
        return connection;
    }
}

/// <summary>A program that was started from a tree.</summary>
internal sealed record RunningTool(int ProcessId, string TreeId);

/// <summary>Time that passes only when somebody waits, or does something.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private const long FirstNanoseconds = 1_767_225_600_000_000_000;
    private const long EffectNanoseconds = 20_000;

    internal long Nanoseconds { get; private set; } = FirstNanoseconds;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => Nanoseconds;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(Nanoseconds / 100);

    internal void Tick() => Nanoseconds += EffectNanoseconds;

    internal void AdvanceTo(long nanoseconds) => Nanoseconds = Math.Max(Nanoseconds, nanoseconds);
}

/// <summary>Names that are the same for the same seed.</summary>
internal sealed class SeededRandomness(int seed) : IRandomness
{
    private readonly Random random = new(seed);

    public void Fill(Span<byte> bytes) => random.NextBytes(bytes);
}
