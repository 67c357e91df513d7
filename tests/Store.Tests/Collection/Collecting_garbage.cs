using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Collecting;

public sealed class Collecting_garbage : StoreTest
{
    [Fact]
    public void after_an_uninstall_leaves_nothing()
    {
        Install(Stable);
        Uninstall(Stable);

        CollectEverything();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Trees));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Components));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Trash));
    }

    [Fact]
    public void leaves_what_another_name_shares()
    {
        Install(Stable);
        Install(Official("1.91.0"));
        Uninstall(Stable);

        CollectEverything();

        Assert.True(File.Exists(Path.Combine(TreeOf(Official("1.91.0")), "bin", "rustc")));
    }

    [Fact]
    public void skips_a_leased_tree_and_says_by_whom()
    {
        Install(Stable);
        using var store = Open();
        var location = store.Catalog.Find(Stable)!.Location;
        using (store.Hold(location))
        {
            store.Uninstall(Stable);
            var kept = Assert.Single(CollectEverything(), item => item.IsKept);
            Assert.StartsWith("in use by ", kept.Reason, StringComparison.Ordinal);
            Assert.True(Directory.Exists(location.SysrootPath));
        }

        CollectEverything();
        Assert.False(Directory.Exists(location.SysrootPath));
    }

    [Fact]
    public async Task that_protects_nothing_young_does_not_keep_operations_from_beginning()
    {
        const int Operations = 3000;
        Open().Dispose();
        using var isOver = new CancellationTokenSource();
        var sweeps = Task.Run(() =>
        {
            using var journal = OpenJournal();
            while (!isOver.IsCancellationRequested)
            {
                new Recovery(Machine.Host, Layout, journal).SweepPrivateLocks(TimeSpan.Zero);
            }
        });

        for (var operation = 0; operation < Operations; operation++)
        {
            LockFile.Create(Machine.Host, Layout.Operation(Machine.Host.NewId())).Remove();
        }
        await isOver.CancelAsync();
        await sweeps;

        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Operations));
    }

    [Fact]
    public void keeps_a_replaced_generation_for_a_week()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);

        using (var store = Open())
        {
            store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero });
            Assert.True(Directory.Exists(old));
            store.Collect(new CollectionOptions { KeepReplaced = TimeSpan.Zero - TimeSpan.FromSeconds(1) });
        }

        Assert.False(Directory.Exists(old));
    }

    [Fact]
    public void in_a_dry_run_says_the_same_and_deletes_nothing()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        var options = new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 };

        using var store = Open();
        var announced = store.Collect(options with { IsDryRun = true });
        Assert.Equal(2, Directory.EnumerateDirectories(Layout.Trees).Count());
        var done = store.Collect(options);

        Assert.Equal(done.Select(item => (item.Kind, item.Id)), announced.Select(item => (item.Kind, item.Id)));
        Assert.NotEmpty(done);
    }

    [Theory]
    [InlineData(null, null, 3)]
    [InlineData(null, 0, 1)]
    [InlineData(1, null, 2)]
    [InlineData(0, null, 1)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 7, 3)]
    public void keeps_as_many_generations_or_days_as_it_is_told(int? generations, int? days, int expected)
    {
        foreach (var day in new[] { 1, 2, 4 })
        {
            SmallMirror.AdvanceTo(Mirror, day);
            Install(Nightly);
        }
        using var store = Open();

        store.Collect(new CollectionOptions
        {
            KeepGenerations = generations,
            KeepReplaced = days is null ? null : TimeSpan.FromDays(days.Value),
        });

        Assert.Equal(expected, Directory.EnumerateDirectories(Layout.Trees).Count());
    }

    [Fact]
    public void is_remembered_with_the_bytes_that_it_freed()
    {
        Install(Stable);
        Uninstall(Stable);

        var freed = CollectEverything().Where(item => !item.IsKept).Sum(item => item.Bytes);
        CollectEverything();

        using var journal = OpenJournal();
        var row = Assert.Single(journal.Read(session => session.Operations.ListNewest(100)), row => row.Kind == "collect");
        Assert.Equal(freed, row.Bytes);
    }

    [Fact]
    public void forgets_operations_after_ninety_days_and_what_they_moved()
    {
        Install(Stable);
        using var store = Open();
        var machine = new Machine
        {
            Files = Machine.Host.Files, Processes = Machine.Host.Processes, Network = Machine.Host.Network, Clock = new LaterClock(),
        };
        using (var later = LocalStore.OpenForWriting(Options() with { Machine = machine }))
        {
            later.Collect(new CollectionOptions());
        }

        using var journal = OpenJournal();
        Assert.DoesNotContain(journal.Read(session => session.Operations.ListNewest(100)), row => row.Kind == "install");
        Assert.Empty(journal.Read(session => session.Moves.ListOf(Stable.Text)));
        Assert.Null(Assert.Single(store.ListGenerations(Stable)).OperationKind);
    }

    [Fact]
    public void is_due_once_a_day_and_not_in_a_new_store()
    {
        using var store = Open();
        Assert.False(store.ClaimDailyCollection());
        Assert.False(store.ClaimDailyCollection());
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Store.Set(StoreTable.CollectionStartedAt, "0"));
        }

        Assert.True(store.ClaimDailyCollection());
        Assert.False(store.ClaimDailyCollection());
    }

    private sealed class LaterClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddDays(91);
    }

    [Fact]
    public void protects_what_no_row_names_for_an_hour()
    {
        Open().Dispose();
        var orphan = Path.Combine(Layout.Trees, "orphan");
        Directory.CreateDirectory(orphan);

        using var store = Open();
        store.Collect(new CollectionOptions());
        Assert.True(Directory.Exists(orphan));
        store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero });
        Assert.False(Directory.Exists(orphan));
    }

    [Fact]
    public void finishes_what_a_killed_collection_began()
    {
        Install(Stable);
        var treeId = Path.GetFileName(TreeOf(Stable));
        Uninstall(Stable);
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Trees.SetState(treeId, ComponentRow.Doomed));
        }

        CollectEverything();

        Assert.False(Directory.Exists(Layout.Tree(treeId)));
    }

    [Fact]
    public void lets_an_installer_take_back_what_a_killed_collection_doomed()
    {
        Install(Stable);
        var treeId = Path.GetFileName(TreeOf(Stable));
        Uninstall(Stable);
        using (var journal = OpenJournal())
        {
            journal.Write(session => session.Trees.SetState(treeId, ComponentRow.Doomed));
        }

        Install(Stable);

        using var store = Open();
        using var lease = store.Hold(store.Catalog.Find(Stable)!.Location);
        Assert.NotNull(lease);
    }

    [Fact]
    public void deletes_partial_downloads_that_nobody_continues()
    {
        Open().Dispose();
        File.WriteAllText(Path.Combine(Layout.Downloads, new string('a', 64) + ".partial"), "x");

        CollectEverything();

        Assert.Empty(Directory.EnumerateFiles(Layout.Downloads));
    }

    [Fact]
    public void never_takes_a_tree_from_installers_that_work_at_the_same_time()
    {
        Parallel.For(0, 4, worker =>
        {
            for (var round = 0; round < 3; round++)
            {
                if (worker == 0)
                {
                    CollectEverything();
                }
                else
                {
                    Install(worker == 1 ? Stable : Nightly, Profile.Minimal);
                    Uninstall(worker == 1 ? Stable : Nightly);
                }
            }
        });

        Install(Stable, Profile.Minimal);
    }

    private void Uninstall(ToolchainName name)
    {
        using var store = Open();
        store.Uninstall(name);
    }
}

public sealed class Recovery_after_a_kill : StoreTest
{
    [Fact]
    public void aborts_the_operation_and_throws_away_what_it_staged()
    {
        const string Dead = "0123456789abcdef0123456789abcdef";
        using (var journal = OpenJournal())
        {
            journal.Write(session =>
            {
                session.Operations.Insert(new Operation
                {
                    OperationId = Dead, Kind = "install", CommandLine = "rustup install stable", Host = "here", ProcessId = 1,
                });
                session.Pins.Insert(Dead, PinKind.Tree, "x");
            });
        }
        File.WriteAllText(Layout.Operation(Dead), "");
        Directory.CreateDirectory(Path.Combine(Layout.StagingOf(Dead), "1", "files"));

        Open().Dispose();

        using var after = OpenJournal();
        var operation = Assert.Single(after.Read(session => session.Operations.ListNewest(1000)));
        Assert.Equal(Operation.Aborted, operation.Outcome);
        Assert.False(after.Read(session => session.Pins.Contains("x")));
    }

    [Fact]
    public void leaves_alone_whoever_is_alive()
    {
        Open().Dispose();
        using var alive = RunningOperation.Begin(Machine.Host, Layout, "install", new RunningCommand("rustup install", "1"), "1");
        using (var journal = OpenJournal())
        {
            journal.Write(alive.Register);
        }
        Directory.CreateDirectory(alive.StagingPath);

        Open().Dispose();

        Assert.True(Directory.Exists(alive.StagingPath));
        using var after = OpenJournal();
        after.Write(session => alive.Finish(session, Operation.Failed));
    }

    [Fact]
    public void makes_missing_links_and_corrects_those_into_the_store()
    {
        Install(Stable);
        Install(Nightly);
        WaitForAnotherTick(Layout.ToolchainViews);
        File.Delete(Layout.ToolchainView(Stable.Text));
        File.Delete(Layout.ToolchainView(Nightly.Text));
        File.CreateSymbolicLink(Layout.ToolchainView(Nightly.Text), "../store/toolchains/nowhere");

        Open().Dispose();

        Assert.True(File.Exists(Path.Combine(Layout.ToolchainView(Stable.Text), "bin", "rustc")));
        Assert.True(File.Exists(Path.Combine(Layout.ToolchainView(Nightly.Text), "bin", "rustc")));
    }
}
