using Microsoft.Data.Sqlite;
using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Journals;

public sealed class The_journal : StoreTest
{
    [Theory]
    [InlineData(3_051_002, true)]
    [InlineData(3_051_003, false)]
    public void is_not_written_with_a_sqlite_that_can_corrupt_it(int version, bool isFault) =>
        Assert.Equal(isFault, JournalDatabase.FindSqliteFault(version) is not null);

    [Fact]
    public void after_all_migrations_is_as_schema_sql_says()
    {
        using var migrated = OpenJournal();

        Assert.Equal(ListSchema($"Data Source={Layout.Journal};Pooling=False"), ListSchemaOfFile());
    }

    [Fact]
    public void is_a_write_ahead_log_that_stays_for_readers_without_write_permission()
    {
        OpenJournal().Dispose();

        Assert.True(File.Exists(Layout.Journal + "-wal"));
    }

    [Fact]
    public void closed_by_its_last_user_has_an_empty_log_that_the_next_need_not_read()
    {
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Settings.Set("key", "value"));
            Assert.NotEqual(0, new FileInfo(Layout.Journal + "-wal").Length);
        }

        Assert.Equal(0, new FileInfo(Layout.Journal + "-wal").Length);
    }

    [Fact]
    public void of_an_older_program_is_migrated_by_a_reader_that_may_and_keeps_the_texts_of_settings_toml()
    {
        const string Exported = "version = \"12\"\n\n[overrides]\n";
        Directory.CreateDirectory(Layout.Root);
        using (var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = SourceTree.Read("migrations/0001_initial.sql") + SourceTree.Read("migrations/0002_adoption.sql")
                + "PRAGMA user_version = 2; INSERT INTO store VALUES ('settings_export', $text), ('settings_pending', $text)";
            command.Parameters.AddWithValue("$text", Exported);
            command.ExecuteNonQuery();
        }

        LocalStore.OpenForReading(Options()).Dispose();

        using var journal = OpenJournal();
        Assert.Equal(Exported, journal.Read(session => session.SettingsTexts.Find(SettingsTextTable.Pending)));
        Assert.Equal(Migrations.Latest, journal.Read(session => session.SchemaVersion));
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void of_an_older_program_is_as_sound_after_its_migration_as_before(bool isDamaged)
    {
        Install(Stable);
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Store.Set(StoreTable.SchemaVersion, "9"));
        }
        using (var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // As 0010_commands.sql found it.
            command.CommandText = "DROP INDEX operation_by_command; ALTER TABLE operation DROP COLUMN command_id; PRAGMA user_version = 9;"
                + (isDamaged ? "UPDATE component SET version = 'x' WHERE package = 'rustc'" : "");
            command.ExecuteNonQuery();
        }

        using var store = Open();

        Assert.Equal(
            isDamaged ? ["journal, table component"] : [], store.Verify(readsContents: false).Select(finding => finding.Subject));
        if (isDamaged)
        {
            IntendDamage();
        }
    }

    [Fact]
    public void made_by_several_processes_at_once_is_made_once()
    {
        Parallel.For(0, 8, _ => OpenJournal().Dispose());

        using var journal = OpenJournal();
        Assert.NotNull(journal.Read(session => session.Store.Find(StoreTable.Id)));
    }

    [Fact]
    public void keeps_every_change_of_many_writers()
    {
        const int Writers = 8, Changes = 10;
        OpenJournal().Dispose();

        Parallel.For(0, Writers, writer =>
        {
            using var journal = OpenJournal();
            for (var change = 0; change < Changes; change++)
            {
                journal.Write(session => session.Overrides.Set($"/{writer}/{change}", "stable"));
            }
        });

        using var reader = OpenJournal();
        Assert.Equal(Writers * Changes, reader.Read(session => session.Overrides.List().Count));
    }

    [Fact]
    public void is_changed_by_nobody_else_from_a_writers_first_question_on()
    {
        using var journal = OpenJournal();
        using var other = JournalDatabase.OpenForWriting(
            Machine.Host, Layout, JournalPatience.Default with { Deadline = TimeSpan.FromMilliseconds(100) });

        journal.Write(session =>
        {
            Assert.Null(session.Settings.Find("key"));

            var refused = Assert.Throws<StoreException>(() => other.Write(rival => rival.Settings.Set("key", "other")));

            Assert.Equal(StoreErrorKind.Busy, refused.Kind);
            session.Settings.Set("key", "ours");
        });
        Assert.Equal("ours", other.Read(session => session.Settings.Find("key")));
    }

    [Fact]
    public void undoes_a_transaction_that_fails()
    {
        using var journal = OpenJournal();

        Assert.Throws<StoreException>(() => journal.Write(session =>
        {
            session.Overrides.Set("/x", "stable");
            throw new StoreException(StoreErrorKind.Usage, "no");
        }));

        Assert.Empty(journal.Read(session => session.Overrides.List()));
    }

    [Fact]
    public void refuses_a_program_that_is_too_old_for_it()
    {
        IntendDamage();
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Store.Set(StoreTable.MinimalWriterVersion, "99"));
        }

        var refused = Assert.Throws<StoreException>(() => OpenJournal());
        Assert.Equal(StoreErrorKind.TooOld, refused.Kind);
        Assert.Contains("writer version 99", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>A column that is added to one of these tables is added to its checksum too.</summary>
    [Fact]
    public void computes_the_checksum_of_a_row_from_all_its_columns()
    {
        OpenJournal().Dispose();
        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False;Mode=ReadOnly");
        connection.Open();

        Assert.All(RowChecksums.Tables, table =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT name FROM pragma_table_info('{table.Table}') WHERE name <> 'checksum'";
            using var rows = command.ExecuteReader();
            var columns = new List<string>();
            while (rows.Read())
            {
                columns.Add(rows.GetString(0));
            }
            Assert.Equal(columns.Order(StringComparer.Ordinal), table.Columns.Order(StringComparer.Ordinal));
        });
    }

    [Theory]
    [InlineData("UPDATE override SET toolchain = 'b'", "override /x")]
    [InlineData("DELETE FROM override", "override ")]
    [InlineData("INSERT INTO override VALUES ('/y', 'a', 1)", "override /y")]
    public void notices_rows_that_somebody_else_changed(string change, string damaged)
    {
        IntendDamage();
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Overrides.Set("/x", "stable"));
            Assert.Empty(journal.Read(session => session.FindDamagedRows()));
        }
        using (var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = change;
            command.ExecuteNonQuery();
        }

        using var changed = OpenJournal();
        var row = Assert.Single(changed.Read(session => session.FindDamagedRows()));
        Assert.Equal(damaged, $"{row.Table} {row.Key}");
    }

    [Fact]
    public void says_who_is_waited_for_and_gives_up_in_time()
    {
        var notices = new List<string>();
        using var holder = OpenJournal();
        using var alive = RunningOperation.Begin(Machine.Host, Layout, "install", new RunningCommand("rustup install stable", "1"), "1");
        holder.Write(alive.Register);
        holder.Write(session => session.Operations.Insert(new Operation
        {
            OperationId = "o", Kind = "install", CommandLine = "rustup install beta", Host = "box", ProcessId = 7,
        }));
        using var waiter = JournalDatabase.OpenForWriting(
            Machine.Host, Layout, new JournalPatience(notices.Add, TimeSpan.FromSeconds(1.5)));

        var failed = holder.Write(_ => Assert.Throws<StoreException>(() => waiter.Write(session => session.SchemaVersion)));

        Assert.Equal(StoreErrorKind.Busy, failed.Kind);
        Assert.Contains($"`rustup install stable` (process {Environment.ProcessId} on ", Assert.Single(notices), StringComparison.Ordinal);
        Assert.DoesNotContain("beta", notices[0], StringComparison.Ordinal);
        holder.Write(session => session.Operations.Finish("o", Operation.Failed, 1));
        holder.Write(session => alive.Finish(session, Operation.Failed));
    }

    [Fact]
    public void lets_readers_read_while_a_writer_writes()
    {
        using var writer = OpenJournal();
        using var reader = JournalDatabase.TryOpenForReading(Machine.Host, Layout, JournalPatience.Default);

        var seen = writer.Write(session =>
        {
            session.Overrides.Set("/x", "stable");
            return reader!.Read(snapshot => snapshot.Overrides.List().Count);
        });

        Assert.Equal(0, seen);
    }

    [Fact]
    public void computes_refcounts_from_the_rows_that_hold_things()
    {
        Install(Stable, ToolchainStore.Distribution.Profile.Minimal);

        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT min(holders), max(holders), count(*) FROM refcount";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal([1L, 1L, 4L], new[] { row.GetInt64(0), row.GetInt64(1), row.GetInt64(2) });
    }

    [Fact]
    public void does_not_forget_a_component_that_a_tree_needs()
    {
        Install(Stable, ToolchainStore.Distribution.Profile.Minimal);
        using var journal = OpenJournal();

        Assert.Throws<StoreException>(() => journal.Write(session =>
            session.Components.Delete(session.Components.List()[0].ComponentId)));
    }

    [Fact]
    public void is_rolled_back_by_a_reader_that_may_write()
    {
        string id;
        using (var store = Open())
        {
            id = store.StoreId;
        }
        EndInTheMiddleOfACommit("UPDATE store SET value = 'torn' WHERE key = 'id'");

        using var reader = LocalStore.OpenForReading(Options());
        Assert.Equal(id, reader.StoreId);
    }

    /// <summary>As a power cut leaves a rollback journal: the files while a transaction is open.</summary>
    private void EndInTheMiddleOfACommit(string change)
    {
        var rollback = Layout.Journal + "-journal";
        byte[] left;
        using (var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"PRAGMA journal_mode=DELETE; PRAGMA synchronous=OFF; BEGIN; {change}";
            command.ExecuteNonQuery();
            using var open = new FileStream(rollback, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            left = new byte[open.Length];
            open.ReadExactly(left);
        }
        File.WriteAllBytes(rollback, left);
    }

    private static IReadOnlyList<string> ListSchemaOfFile()
    {
        var path = Path.Combine(SourceTree.Root, "schema.sql");
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(path);
        command.ExecuteNonQuery();
        return ListSchema(connection);
    }

    private static IReadOnlyList<string> ListSchema(string connectionString)
    {
        using var connection = new SqliteConnection(connectionString);
        connection.Open();
        return ListSchema(connection);
    }

    private static IReadOnlyList<string> ListSchema(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        using var rows = command.ExecuteReader();
        var statements = new List<string>();
        while (rows.Read())
        {
            statements.Add(rows.GetString(0));
        }
        return statements;
    }
}
