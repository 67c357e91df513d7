using Microsoft.Data.Sqlite;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Journals;

/// <summary>A journal that its reader may not write, in states that only whoever may write can leave.</summary>
public sealed class A_journal_of_somebody_else : StoreTest
{
    private static readonly Machine reader = new()
    {
        Files = new ReadOnlyHome(),
        Processes = Machine.Host.Processes,
        Network = Machine.Host.Network,
    };

    [Fact]
    public void with_a_commit_that_a_killed_writer_never_finished_is_played_back_in_a_copy()
    {
        var killed = LeaveUnfinishedCommit();
        var before = Describe(killed);

        using (var query = SelectionQuery.TryOpen(reader, killed, JournalPatience.Default))
        {
            Assert.Equal("before", query!.FindSetting("key"));
        }
        using (var journal = JournalDatabase.TryOpenForReading(reader, killed, JournalPatience.Default))
        {
            Assert.Equal("before", journal!.Read(session => session.Settings.Find("key")));
            Assert.Empty(journal.CheckIntegrity());
        }
        Assert.Equal(before, Describe(killed));
    }

    /// <summary>As it is between the first write of a log and the first frame of it, or with a page of it that never came.</summary>
    [Theory]
    [InlineData(32), InlineData(100), InlineData(31)]
    public void with_a_log_that_a_killed_writer_only_began_is_read_at_once_by_everybody(int bytes)
    {
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Settings.Set("key", "before"));
        }
        var log = new byte[bytes];
        byte[] begun = [0x37, 0x7f, 0x06, 0x82, 0x00, 0x2d, 0xe2, 0x18, 0x00, 0x00, 0x10, 0x00, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8];
        begun.AsSpan(0, Math.Min(begun.Length, bytes)).CopyTo(log);
        File.WriteAllBytes(Layout.Journal + "-wal", log);

        var clock = System.Diagnostics.Stopwatch.StartNew();
        foreach (var machine in new[] { reader, Machine.Host })
        {
            using (var query = SelectionQuery.TryOpen(machine, Layout, JournalPatience.Default))
            {
                Assert.Equal("before", query!.FindSetting("key"));
            }
            using var journal = JournalDatabase.TryOpenForReading(machine, Layout, JournalPatience.Default);
            Assert.Equal("before", journal!.LookUp(found => found.FindSetting("key")));
            Assert.Equal("before", journal.Read(session => session.Settings.Find("key")));
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Fact]
    public void that_is_damaged_is_an_error_that_names_it()
    {
        IntendDamage();
        OpenJournal().Dispose();
        File.WriteAllBytes(Layout.Journal, new byte[8192]);

        var refused = Assert.ThrowsAny<StoreException>(
            () => JournalDatabase.TryOpenForReading(reader, Layout, JournalPatience.Default)?.Read(session => session.Settings.Find("key")));
        Assert.Contains(Layout.Journal, refused.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => SelectionQuery.TryOpen(reader, Layout, JournalPatience.Default)?.FindSetting("key"));
    }

    /// <summary>A home as it is in the middle of a commit of a rollback journal: some pages are new, the old ones beside them.</summary>
    private StoreLayout LeaveUnfinishedCommit()
    {
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Settings.Set("key", "before"));
        }
        var killed = new StoreLayout(Folder("killed"));
        Directory.CreateDirectory(killed.Root);
        using var writer = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False");
        writer.Open();
        Execute(writer, "PRAGMA journal_mode=DELETE; PRAGMA cache_size=2; BEGIN IMMEDIATE; UPDATE setting SET value = 'after'");
        Execute(writer, """
            CREATE TABLE large (content BLOB);
            WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 200)
            INSERT INTO large SELECT zeroblob(3000) FROM counter
            """);
        foreach (var suffix in new[] { "", "-journal" })
        {
            File.Copy(Layout.Journal + suffix, killed.Journal + suffix);
        }
        Assert.True(new FileInfo(killed.Journal + "-journal").Length > 512, "there is something to play back");
        Execute(writer, "ROLLBACK");
        return killed;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static List<string> Describe(StoreLayout layout) =>
    [
        .. Directory.EnumerateFiles(layout.Root, "*", SearchOption.AllDirectories)
            .Select(path => $"{path} {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path):O}").Order(StringComparer.Ordinal),
    ];

    private sealed class ReadOnlyHome() : DelegatingFileSystem(Machine.Host.Files)
    {
        public override bool CanWrite(string path) => false;
    }
}
