using Microsoft.Data.Sqlite;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Journals;

public sealed class The_mode_of_a_store : StoreTest
{
    private readonly Machine elsewhere = NetworkMount.Machine();

    [Fact]
    public void is_a_write_ahead_log_on_a_local_disk_and_a_rollback_journal_on_a_network()
    {
        Open().Dispose();
        Assert.Equal(JournalMode.WriteAheadLog, Mode());

        using var other = new TemporaryStore();
        JournalDatabase.OpenForWriting(elsewhere, other.Layout, JournalPatience.Default).Dispose();
        Assert.Equal(JournalMode.Rollback, JournalDatabase.FindMode(Machine.Host, other.Layout));
    }

    [Fact]
    public void stays_what_it_was_at_the_creation_wherever_it_is_opened()
    {
        JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default).Dispose();

        Install(Stable);

        Assert.Equal(JournalMode.Rollback, Mode());
        Assert.Equal("rollback", Cell());
    }

    [Fact]
    public void that_has_a_log_is_refused_on_a_network_with_the_command_that_converts_it()
    {
        Open().Dispose();

        foreach (var open in Openings())
        {
            var refused = Assert.Throws<StoreException>(open);
            Assert.Equal(StoreErrorKind.Usage, refused.Kind);
            Assert.Contains("`rustup store convert --journal=rollback`", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void is_converted_there_and_back_with_everything_in_it()
    {
        Install(Stable);
        using (var store = Open())
        {
            store.ConvertJournal(JournalMode.Rollback);
            store.SetOverride("/in", "stable");
        }
        Assert.Equal((JournalMode.Rollback, "rollback"), (Mode(), Cell()));
        Assert.False(File.Exists(Layout.Journal + "-wal"));
        foreach (var open in Openings())
        {
            open();
        }

        using (var store = Open())
        {
            store.ConvertJournal(JournalMode.WriteAheadLog);
        }

        Assert.Equal((JournalMode.WriteAheadLog, "wal"), (Mode(), Cell()));
        using var again = Open();
        Assert.Equal("/in", Assert.Single(again.ListOverrides()).Path);
    }

    [Fact]
    public async Task that_is_in_use_is_converted_when_its_users_have_left()
    {
        Open().Dispose();
        using var reader = OpenAsAnotherProcess();
        var converting = Task.Run(() =>
        {
            using var store = LocalStore.OpenForWriting(Options());
            store.ConvertJournal(JournalMode.Rollback);
        });
        Assert.True(SpinWait.SpinUntil(
            () => Messages.Lines.Any(line => line.Contains("waiting to change the mode of the journal", StringComparison.Ordinal)),
            TimeSpan.FromSeconds(30)));
        // A reader who comes now and a writer are not kept waiting: the file is what it was.
        Assert.Equal("rollback", Cell());
        using (var writer = OpenJournal())
        {
            writer.Write(session => session.Settings.Set("key", "meanwhile"));
        }

        reader.Dispose();

        await converting.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(JournalMode.Rollback, Mode());
        using var journal = OpenJournal();
        Assert.Equal("meanwhile", journal.Read(session => session.Settings.Find("key")));
    }

    [Fact]
    public void that_stays_in_use_is_left_as_it_was()
    {
        Open().Dispose();
        using (OpenAsAnotherProcess())
        {
            using var store = LocalStore.OpenForWriting(Options() with { JournalDeadline = TimeSpan.FromMilliseconds(100) });

            var busy = Assert.Throws<StoreException>(() => store.ConvertJournal(JournalMode.Rollback));

            Assert.Equal(StoreErrorKind.Busy, busy.Kind);
        }
        Open().Dispose();
        Assert.Equal((JournalMode.WriteAheadLog, "wal"), (Mode(), Cell()));
    }

    [Theory]
    [InlineData(JournalMode.WriteAheadLog)]
    [InlineData(JournalMode.Rollback)]
    public void whose_conversion_was_killed_is_converted_by_the_next_command_that_writes(JournalMode wanted)
    {
        using (var store = Open())
        {
            store.ConvertJournal(wanted == JournalMode.Rollback ? JournalMode.WriteAheadLog : JournalMode.Rollback);
        }
        using (var journal = OpenJournal())
        {
            // What is committed before the file changes.
            journal.Write(session => session.Store.Set(StoreTable.Mode, JournalModeText.Format(wanted)));
        }

        Open().Dispose();

        Assert.Equal(wanted, Mode());
    }

    [Fact]
    public void does_not_become_a_log_on_a_network_or_while_another_machine_writes()
    {
        JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default).Dispose();
        using (var journal = JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default))
        {
            Assert.Contains(
                "network file system", Assert.Throws<StoreException>(() => journal.Convert(JournalMode.WriteAheadLog)).Message,
                StringComparison.Ordinal);
        }
        using var here = OpenJournal();
        here.Write(session => session.Operations.Insert(new Operation
        {
            OperationId = "far", Kind = "install", CommandLine = "rustup update", Host = "far-away", ProcessId = 1,
            ProgramVersion = "1", StartedAt = 1,
        }));

        var refused = Assert.Throws<StoreException>(() => here.Convert(JournalMode.WriteAheadLog));

        Assert.Contains("far-away", refused.Message, StringComparison.Ordinal);
        here.Write(session => session.Operations.Finish("far", Operation.Aborted, 2));
        Assert.Equal((JournalMode.Rollback, "rollback"), (Mode(), Cell()));
    }

    [Fact]
    public void that_became_a_log_under_an_open_lookup_of_another_machine_stops_that_one()
    {
        JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default).Dispose();
        using var far = JournalDatabase.TryOpenForReading(elsewhere, Layout, JournalPatience.Default)!;
        Assert.Null(far.LookUp(query => query.FindSetting("key")));
        // It stays, so that the log has an index which can be read.
        using var here = OpenJournal();
        here.Convert(JournalMode.WriteAheadLog);
        here.Write(session => session.Settings.Set("key", "here"));

        var refused = Assert.Throws<StoreException>(() => far.LookUp(query => query.FindSetting("key")));

        Assert.Contains("keeps a write-ahead log", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void that_became_a_log_under_an_open_connection_of_another_machine_stops_that_one()
    {
        using var far = JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default);
        using (var here = OpenJournal())
        {
            here.Convert(JournalMode.WriteAheadLog);
        }

        Assert.Throws<StoreException>(() => far.Write(session => session.Settings.Set("key", "lost")));
        Assert.Throws<StoreException>(() => far.Read(session => session.Settings.Find("key")));

        using var journal = OpenJournal();
        Assert.Null(journal.Read(session => session.Settings.Find("key")));
    }

    /// <summary>A user of the journal that is not one of ours: connections of one process share what they may do to its index.</summary>
    private SqliteConnection OpenAsAnotherProcess()
    {
        var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM store";
        command.ExecuteScalar();
        return connection;
    }

    private JournalMode? Mode() => JournalDatabase.FindMode(Machine.Host, Layout);

    private string? Cell()
    {
        using var journal = JournalDatabase.TryOpenForReading(Machine.Host, Layout, JournalPatience.Default)!;
        return journal.Read(session => session.Store.Find(StoreTable.Mode));
    }

    private IEnumerable<Action> Openings()
    {
        yield return () => JournalDatabase.OpenForWriting(elsewhere, Layout, JournalPatience.Default).Dispose();
        yield return () => JournalDatabase.TryOpenForReading(elsewhere, Layout, JournalPatience.Default)!.Dispose();
        yield return () => SelectionQuery.TryOpen(elsewhere, Layout, JournalPatience.Default)!.Dispose();
    }

    private sealed class TemporaryStore : IDisposable
    {
        private readonly Support.TemporaryFolder folder = new();

        internal StoreLayout Layout => new(folder["rustup"]);

        public void Dispose() => folder.Dispose();
    }
}
