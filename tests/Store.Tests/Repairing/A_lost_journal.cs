using Microsoft.Data.Sqlite;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;
using ToolchainStore.Trees;

namespace ToolchainStore.Tests.Repairing;

public sealed class A_lost_journal : RepairTest
{
    private static readonly ToolchainName.Custom mine = ToolchainName.Custom.TryParse("mine")!;

    [Fact]
    public void is_rebuilt_from_the_records_without_a_download()
    {
        Fill();
        var before = Dump();
        var inodes = ListInodes();
        DeleteJournal();
        Server.ForgetRequests();

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);

        Assert.Equal(before, Dump());
        Assert.Equal(inodes, ListInodes());
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void is_never_taken_for_an_empty_store()
    {
        Install(Stable, Profile.Minimal);
        DeleteJournal();

        foreach (var open in new Action[] { () => Open().Dispose(), () => LocalStore.OpenForReading(Options()).Dispose() })
        {
            var refused = Assert.Throws<StoreException>(open);
            Assert.Equal(StoreErrorKind.Corrupt, refused.Kind);
            Assert.EndsWith("help: run `rustup store verify --repair` to rebuild it from their records", refused.Message, StringComparison.Ordinal);
        }
        Assert.False(File.Exists(Layout.Journal));
        Assert.Equal(FindingKind.Journal, Assert.Single(Verify()).Kind);
        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
    }

    [Theory]
    [InlineData("no database at all")]
    [InlineData("")]
    public void of_which_a_file_is_left_that_is_none_is_moved_aside(string content)
    {
        Fill();
        var before = Dump();
        File.WriteAllText(Layout.Journal, content);
        Assert.Throws<StoreException>(() => Open());

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);

        Assert.Equal(before, Dump());
        var aside = Assert.Single(Directory.GetDirectories(Layout.Root, "damaged-*"));
        Assert.Equal(content, File.ReadAllText(Path.Combine(aside, "journal.db")));
    }

    [Fact]
    public void comes_back_with_what_waits_to_be_unpacked_and_what_was_unpacked_since()
    {
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.Documentation, "on-demand");
        }
        Install(Stable);
        Install(Nightly);
        using (var store = Open())
        {
            store.Unpack([store.ListWaiting()[0]]);
        }
        var before = Dump();
        DeleteJournal();

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
        Assert.Equal(before, Dump());
    }

    [Fact]
    public void without_a_record_of_a_name_says_so_and_keeps_its_files()
    {
        Install(Stable, Profile.Minimal);
        Install(Nightly, Profile.Minimal);
        var tree = TreeOf(Nightly);
        DeleteJournal();
        File.WriteAllText(Layout.Record(Nightly.Text), "");

        var problem = Assert.Single(Repair(), finding => finding.IsProblem);

        Assert.Equal($"install {Nightly.Text} again", problem.Remark);
        Assert.True(Directory.Exists(tree));
        Assert.True(Directory.Exists(TreeOf(Stable)));
    }

    [Fact]
    public void is_not_rebuilt_while_somebody_is_at_work()
    {
        Install(Stable, Profile.Minimal);
        DeleteJournal();
        using (var other = LockFileOf("0123"))
        {
            Assert.Equal(StoreErrorKind.Busy, Assert.Throws<StoreException>(() => Repair()).Kind);
        }
        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
    }

    /// <summary>Whatever the step after which the process ends, the next repair does the rest.</summary>
    [Fact]
    public void is_rebuilt_by_the_next_repair_wherever_one_was_killed()
    {
        Fill();
        var before = Dump();
        for (var renames = 0; renames < 5; renames++)
        {
            File.WriteAllText(Layout.Journal, "damaged");
            File.WriteAllText(Layout.Journal + "-wal", "of the damaged one");
            var machine = new Machine
            {
                Files = new EndsAfterRenames(renames),
                Processes = Machine.Host.Processes,
                Network = Machine.Host.Network,
            };
            Assert.Throws<FileSystemException>(() => new StoreRepair(Options() with { Machine = machine }).Repair(readsContents: false));

            Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
            Assert.Equal(before, Dump());
        }
    }

    [Theory]
    [InlineData("UPDATE generation SET tree_id = (SELECT max(tree_id) FROM tree)")]
    [InlineData("UPDATE toolchain SET profile = 'complete' WHERE name LIKE 'nightly%'")]
    [InlineData("UPDATE component SET bytes = bytes + 1 WHERE package = 'cargo'")]
    [InlineData("UPDATE archive SET component_id = (SELECT max(component_id) FROM component)")]
    [InlineData("UPDATE override SET toolchain = 'nightly'")]
    [InlineData("UPDATE setting SET value = 'x' || value")]
    [InlineData("UPDATE tree_component SET position = position + 1")]
    [InlineData("UPDATE manifest_parsed SET content = x'00'")]
    [InlineData("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema WHERE name = 'archive'")]
    [InlineData("PRAGMA user_version = 99")]
    [InlineData("PRAGMA user_version = 3")]
    public void is_as_a_changed_row_of_it(string change)
    {
        Fill();
        var before = Dump();
        Execute(change);

        Assert.Contains(Verify(), finding => finding.IsProblem);
        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);

        Assert.Equal(before, Dump());
    }

    [Fact]
    public void of_a_release_in_one_archive_comes_back_with_its_manifest()
    {
        Mirror.Withdraw("dist");
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 1);
        Install(Nightly);
        var before = Dump();
        DeleteJournal();

        Assert.DoesNotContain(Repair(), finding => finding.IsProblem);
        Assert.Equal(before, Dump());
    }

    private void Fill()
    {
        Install(Stable);
        Install(Nightly, Profile.Minimal);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        using var store = Open();
        store.Link(mine, Folder("mine"));
        store.SetSetting(SettingKeys.DefaultToolchain, Nightly.Text);
        store.SetOverride("/project", Stable.Text);
    }

    private void DeleteJournal()
    {
        foreach (var suffix in new[] { "", "-wal", "-shm" })
        {
            File.Delete(Layout.Journal + suffix);
        }
    }

    private Collection.LockFile LockFileOf(string id) => Collection.LockFile.Create(Machine.Host, Layout.Operation(id));

    private IReadOnlyList<string> ListInodes() =>
    [
        .. Directory.EnumerateFiles(Layout.Trees, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Select(path => $"{path} {Machine.Host.Files.Status(path)!.Identity} {Machine.Host.Files.Status(path)!.ModifiedNanoseconds}"),
    ];

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False;Foreign Keys=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Every row that names or points; stamps are of the moment.</summary>
    private IReadOnlyList<string> Dump()
    {
        Open().Dispose();
        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False;Mode=ReadOnly");
        connection.Open();
        // What operations did to names is lost with the operations.
        return [.. RowChecksums.Tables.Where(table => table.Table != "move").SelectMany(table => List(connection, table.Table, table.Columns))];
    }

    private static IEnumerable<string> List(SqliteConnection connection, string table, string[] columns)
    {
        using var command = connection.CreateCommand();
        var shown = columns.Where(column => column is not ("body" or "created_at"));
        command.CommandText = $"SELECT {string.Join(" || '|' || ", shown.Select(column => $"quote({column})"))} FROM {table}"
            + (table == "store" ? " WHERE key NOT LIKE '%stamp'" : "") + " ORDER BY 1";
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            yield return $"{table} {rows.GetString(0)}";
        }
    }

    private sealed class EndsAfterRenames(int renames) : DelegatingFileSystem(Machine.Host.Files)
    {
        private int done;

        public override void Rename(string from, string to)
        {
            if (done++ >= renames)
            {
                throw new FileSystemException(FileSystemError.InputOutput, "rename", from, "this process ends here");
            }
            base.Rename(from, to);
        }
    }
}
