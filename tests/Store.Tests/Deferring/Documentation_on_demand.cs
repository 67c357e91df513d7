using Microsoft.Data.Sqlite;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Deferring;

public sealed class Documentation_on_demand : DeferringTest
{
    [Fact]
    public void is_downloaded_with_the_rest_and_not_unpacked()
    {
        Install(Stable);

        Assert.Equal(6, Server.ArchiveRequests.Count);
        Assert.Equal(Layout.Archive(Digest.Parse(Assert.Single(ListWaiting()).ArchiveDigest)), Assert.Single(Archives));
        Assert.Empty(ListUnpacked());
        Assert.False(File.Exists(PageOf(Stable)));
        Assert.True(File.Exists(Path.Combine(TreeOf(Stable), "bin", "rustc")));
    }

    [Fact]
    public void leaves_the_tree_that_an_eager_installation_makes()
    {
        var eager = new StoreLayout(Folder("eager"));
        using (var store = LocalStore.OpenForWriting(Options() with { RustupHome = eager.RustupHome }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
        }

        Install(Stable);

        var tree = TreeOf(Stable);
        var other = eager.Tree(Path.GetFileName(tree));
        Assert.Equal(DescribeTree(other), DescribeTree(tree));
        Assert.Equal(CompilerTime(other), CompilerTime(tree));
    }

    [Fact]
    public void once_unpacked_leaves_the_store_that_an_eager_installation_makes()
    {
        var eager = new StoreLayout(Folder("eager"));
        using (var store = LocalStore.OpenForWriting(Options() with { RustupHome = eager.RustupHome }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
        }

        Install(Stable);
        Unpack(Stable);

        Assert.Empty(Archives);
        Assert.Equal(DescribeTree(eager.Components), DescribeTree(Layout.Components));
        Assert.Equal(DescribeRows(eager), DescribeRows(Layout));
    }

    [Fact]
    public void counts_as_installed()
    {
        Install(Stable);

        using var store = Open();
        Assert.Contains(Documentation, store.ReadBase(Stable).Components);
        Assert.Contains(Documentation, store.ReadComponents(Stable).Installed);
        using var query = SelectionQuery.TryOpen(Machine.Host, Layout, JournalPatience.Default)!;
        Assert.Contains(("rust-docs", RustPackages.Host), query.ListComponentsOf(Path.GetFileName(TreeOf(Stable))));
    }

    [Fact]
    public void that_is_asked_for_is_there_already()
    {
        Install(Stable);

        Assert.False(Change([Documentation], []));
        Assert.Contains("info: component rust-docs is up to date", Messages.Lines);
    }

    [Fact]
    public void that_is_added_waits_as_well()
    {
        Install(Stable, Profile.Minimal);

        Assert.True(Change([Documentation], []));

        Assert.Single(ListWaiting());
        Unpack(Stable);
        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void under_another_name_downloads_nothing_and_waits_once()
    {
        Install(Stable);
        Server.ForgetRequests();

        Install(Official("1.91.0"));

        Assert.Empty(Server.ArchiveRequests);
        Assert.Single(ListWaiting());
        Unpack(Official("1.91.0"));
        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void outlives_a_change_of_other_components()
    {
        Install(Stable);
        Server.ForgetRequests();

        Change([], [Clippy]);

        Assert.Empty(Server.Requests);
        Unpack(Stable);
        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void that_is_removed_goes_with_its_archive()
    {
        Install(Stable);

        Change([], [Documentation]);
        CollectEverything();

        Assert.Empty(ListWaiting());
        Assert.Empty(Archives);
        Assert.False(Path.Exists(Path.Combine(TreeOf(Stable), "share", "doc", "rust", "html")));
    }

    [Fact]
    public void of_a_new_release_waits_and_that_of_the_old_one_goes_with_its_archive()
    {
        Install(Nightly);
        var old = Assert.Single(ListWaiting());
        SmallMirror.AdvanceTo(Mirror, 2);

        Install(Nightly);

        Assert.Equal(2, ListWaiting().Count);
        CollectEverything();
        Assert.NotEqual(old.ComponentId, Assert.Single(ListWaiting()).ComponentId);
        Assert.Single(Archives);
    }

    [Fact]
    public void that_is_needed_outlives_every_collection()
    {
        Install(Stable);

        CollectEverything();
        Server.ForgetRequests();

        Unpack(Stable);
        Assert.Empty(Server.Requests);
        Assert.True(File.Exists(PageOf(Stable)));
    }

    [Fact]
    public void that_was_uninstalled_goes_with_its_archive_however_young()
    {
        Install(Stable);
        using (var store = Open())
        {
            store.Uninstall(Stable);
            var preview = store.Collect(new CollectionOptions { IsDryRun = true });
            Assert.Contains(preview, item => item.Kind == "download" && item.Bytes == store.ReadStatus().Deferred[0].ArchiveBytes);
            Assert.NotEmpty(Archives);

            store.Collect(new CollectionOptions());
        }

        Assert.Empty(ListWaiting());
        Assert.Empty(Archives);
    }

    [Fact]
    public void is_unpacked_with_everything_else_again_once_that_is_wanted()
    {
        Install(Stable);
        SetMode("eager");

        Install(Official("1.91.0"));

        Assert.Empty(ListWaiting());
        Assert.Empty(Archives);
        Assert.True(File.Exists(PageOf(Stable)));
        Assert.True(File.Exists(PageOf(Official("1.91.0"))));
    }

    [Fact]
    public void that_was_unpacked_before_is_used_as_it_is()
    {
        SetMode("eager");
        Install(Stable);
        SetMode("on-demand");

        Install(Official("1.91.0"));

        Assert.Empty(ListWaiting());
        Assert.True(File.Exists(PageOf(Official("1.91.0"))));
    }

    [Fact]
    public void beside_which_another_component_has_files_is_unpacked_at_once()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("clippy-preview", package => package with
        {
            Files = [.. package.Files, TarEntry.File("share/doc/rust/html/clippy.html", "clippy\n")],
        }));
        Install(Stable, Profile.Minimal);
        Change([Documentation], []);
        Assert.Single(ListWaiting());

        Change([Clippy], []);

        Assert.Empty(ListWaiting());
        Assert.True(File.Exists(PageOf(Stable)));
        Assert.True(File.Exists(Path.Combine(TreeOf(Stable), "share/doc/rust/html/clippy.html")));
    }

    [Fact]
    public void in_a_hostile_archive_is_refused_when_it_is_unpacked()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("rust-docs", package => package with
        {
            RawEntries = [TarEntry.SymbolicLink("{component}/share/doc/rust/html/link", "/etc/passwd")],
        }));
        Install(Stable);

        var failed = Assert.Throws<StoreException>(() => Unpack(Stable));

        Assert.Contains("symbolic link", failed.Message, StringComparison.Ordinal);
        Assert.Empty(ListUnpacked());
        Assert.Single(ListWaiting());
    }

    [Fact]
    public void is_a_setting_of_the_journal_alone_which_edits_of_the_file_leave_as_it_is()
    {
        Assert.Equal("version = \"12\"\n\n[overrides]\n", File.ReadAllText(Layout.SettingsFile));

        File.WriteAllText(Layout.SettingsFile, "version = \"12\"\nprofile = \"minimal\"\n\n[overrides]\n");

        using var store = Open();
        Assert.Equal(Profile.Minimal, store.ReadSettings().Profile);
        Assert.Equal(DocumentationMode.OnDemand, store.DocumentationMode);
    }

    [Fact]
    public void is_in_the_status_of_the_store()
    {
        Install(Stable);

        using var store = Open();
        var status = store.ReadStatus();
        Assert.Equal(5, status.ComponentCount);
        Assert.Equal(new FileInfo(Assert.Single(Archives)).Length, Assert.Single(status.Deferred).ArchiveBytes);
        Assert.Equal(0, CollectableBytes(store));
        store.Uninstall(Stable);
        Assert.True(CollectableBytes(store) >= status.ComponentBytes + status.Deferred[0].ArchiveBytes);
    }

    private static long CollectableBytes(LocalStore store) =>
        store.PreviewCollection(new CollectionOptions())!.Where(item => !item.IsKept).Sum(item => item.Bytes);

    [Fact]
    public void is_unknown_to_a_store_of_an_older_program_which_is_migrated_by_a_reader_that_may()
    {
        Install(Stable, Profile.Minimal);
        GoBackToVersionTwo();

        using (var query = SelectionQuery.TryOpen(Machine.Host, Layout, JournalPatience.Default)!)
        {
            Assert.Equal(3, query.ListComponentsOf(query.FindToolchain(Stable.Text)!.TreeId!).Count);
        }
        using (var store = LocalStore.OpenForReading(Options() with { Machine = MachineWith(new ReadOnlyHome()) }))
        {
            Assert.Equal(3, store.ReadBase(Stable).Components.Count);
            Assert.Empty(store.ReadStatus().Deferred);
            Assert.True(Assert.Single(store.ListGenerations(Stable)).IsCurrent);
            Assert.NotEmpty(store.ListOperations(10));
        }
        Assert.Equal(2, SchemaVersion());

        using (var store = LocalStore.OpenForReading(Options()))
        {
            Assert.Equal(3, store.ReadBase(Stable).Components.Count);
        }
        Assert.Equal(Migrations.Latest, SchemaVersion());
    }

    /// <summary>As a program left it that knew the second migration.</summary>
    private void GoBackToVersionTwo() => Execute("""
        DROP TABLE settings_text;
        DROP TABLE manifest_parsed;
        DROP TABLE stale_view;
        DROP INDEX generation_retired;
        DROP INDEX component_adopted;
        DROP TABLE tree_deferred;
        DROP TABLE deferred_archive;
        DROP TABLE deferred;
        DROP TABLE move;
        DROP INDEX operation_by_time;
        ALTER TABLE generation DROP COLUMN kept_as;
        ALTER TABLE generation DROP COLUMN restored_from;
        ALTER TABLE operation DROP COLUMN bytes;
        DROP INDEX operation_by_command;
        ALTER TABLE operation DROP COLUMN command_id;
        DROP TABLE damage;
        DROP TABLE table_checksum;
        ALTER TABLE component DROP COLUMN manifest_checksum;
        ALTER TABLE tree DROP COLUMN own_checksum;
        ALTER TABLE store DROP COLUMN checksum;
        ALTER TABLE component DROP COLUMN checksum;
        ALTER TABLE archive DROP COLUMN checksum;
        ALTER TABLE tree DROP COLUMN checksum;
        ALTER TABLE tree_component DROP COLUMN checksum;
        ALTER TABLE manifest DROP COLUMN checksum;
        ALTER TABLE manifest_component DROP COLUMN checksum;
        ALTER TABLE toolchain DROP COLUMN checksum;
        ALTER TABLE generation DROP COLUMN checksum;
        ALTER TABLE setting DROP COLUMN checksum;
        ALTER TABLE override DROP COLUMN checksum;
        ALTER TABLE adoption DROP COLUMN checksum;
        CREATE TABLE deferred (digest TEXT PRIMARY KEY, package TEXT NOT NULL, target TEXT, created_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        PRAGMA user_version = 2;
        """);

    private long SchemaVersion() => (long)Execute("PRAGMA user_version")!;

    private object? Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Layout.Journal};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    private static Machine MachineWith(IFileSystem files) => new()
    {
        Files = files,
        Processes = Machine.Host.Processes,
        Network = Machine.Host.Network,
    };

    private sealed class ReadOnlyHome() : DelegatingFileSystem(Machine.Host.Files)
    {
        public override bool CanWrite(string path) => false;
    }

    /// <summary>Every entry of a directory: where a link leads, or a file's mode and bytes.</summary>
    private static IReadOnlyList<string> DescribeTree(string root) =>
        [.. ListEntries(root).Select(path => $"{Path.GetRelativePath(root, path)} {DescribeEntry(path)}").Order(StringComparer.Ordinal)];

    private static IEnumerable<string> ListEntries(string directory) => Directory.EnumerateFileSystemEntries(directory)
        .SelectMany(path => new FileInfo(path).LinkTarget is null && Directory.Exists(path) ? ListEntries(path).Prepend(path) : [path]);

    private static string DescribeEntry(string path) => new FileInfo(path) switch
    {
        { LinkTarget: { } target } => $"-> {target}",
        { Exists: true } file => $"{file.UnixFileMode} {DigestHasher.Compute(File.ReadAllBytes(path))}",
        _ => "directory",
    };

    private static DateTime CompilerTime(string tree) => File.GetLastWriteTimeUtc(Path.Combine(tree, "bin", "rustc"));

    /// <summary>Components, archives and edges.</summary>
    private static IReadOnlyList<string> DescribeRows(StoreLayout layout)
    {
        using var journal = JournalDatabase.OpenForWriting(Machine.Host, layout, JournalPatience.Default);
        return journal.Read(session => (IReadOnlyList<string>)
        [
            .. session.Components.List().Select(row =>
                $"{row.ComponentId} {row.Package} {row.Target} {row.Version} {row.Bytes} {row.Files} {row.ListingChecksum} {row.State} "
                + string.Join(' ', session.Archives.ListOf(row.ComponentId))),
            .. session.Trees.List().Select(tree => $"{tree.TreeId} {tree.Bytes} "
                + string.Join(' ', session.Components.ListOfTree(tree.TreeId).Select(row => row.ComponentId))),
            .. session.Deferred.List().Select(row => $"{row.ComponentId} waits"),
        ]);
    }
}
