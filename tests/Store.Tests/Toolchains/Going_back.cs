using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Toolchains;

/// <summary>History, rollback, keeping and undoing.</summary>
public sealed class Going_back : StoreTest
{
    private static readonly Component sources = new("rust-src", null);

    private static ToolchainName.Custom Mine => ToolchainName.Custom.TryParse("mine")!;

    [Fact]
    public void lists_every_generation_with_what_made_it()
    {
        InstallTwoNightlies();
        using var store = Open();

        var generations = store.ListGenerations(Nightly);

        Assert.Equal([2, 1], generations.Select(generation => generation.Number));
        Assert.Equal(["update", "install"], generations.Select(generation => generation.OperationKind));
        Assert.Equal(["2026-01-02", "2026-01-01"], generations.Select(generation => generation.ReleaseDate));
        Assert.Equal([true, false], generations.Select(generation => generation.IsCurrent));
    }

    [Fact]
    public void restores_tree_manifest_and_extras_without_a_request()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        using (var store = Open())
        {
            store.ChangeComponents(new ComponentRequest(Nightly, [sources], []));
        }
        var withSources = TreeOf(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        var requests = Server.Requests.Count;

        using (var store = Open())
        {
            var outcome = store.RollBack(Nightly, null);
            Assert.Equal((2, 4), (outcome.To.Number, outcome.Current.Number));
            Assert.Contains(sources, store.ReadBase(Nightly).Components);
            Assert.Equal("2026-01-01", store.LoadManifest(Nightly).Date);
        }

        Assert.Equal(withSources, TreeOf(Nightly));
        Assert.NotEqual(old, withSources);
        Assert.Equal(requests, Server.Requests.Count);
    }

    [Fact]
    public void again_goes_further_back_and_then_says_that_there_is_nothing()
    {
        Install(Nightly);
        foreach (var day in new[] { 2, 4 })
        {
            SmallMirror.AdvanceTo(Mirror, day);
            Install(Nightly);
        }
        using var store = Open();

        Assert.Equal(2, store.RollBack(Nightly, null).To.Number);
        Assert.Equal(1, store.RollBack(Nightly, null).To.Number);
        var refused = Assert.Throws<StoreException>(() => store.RollBack(Nightly, null));

        Assert.Contains("there is no generation", refused.Message, StringComparison.Ordinal);
        Assert.Contains("help: run `rustup toolchain history", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void to_what_is_current_changes_nothing()
    {
        InstallTwoNightlies();
        using var store = Open();
        var before = store.ListOperations(100).Count;

        Assert.False(store.RollBack(Nightly, "2").HasMoved);
        Assert.Equal(before, store.ListOperations(100).Count);
    }

    [Fact]
    public void lasts_until_an_update_which_follows_the_channel_again_and_says_so()
    {
        InstallTwoNightlies();
        var newest = TreeOf(Nightly);
        using (var store = Open())
        {
            store.RollBack(Nightly, null);
        }

        Assert.Equal(InstallOutcome.Updated, Install(Nightly));

        Assert.Equal(newest, TreeOf(Nightly));
        Assert.Contains(
            $"info: {Nightly.Text} had been set back to generation 1; it follows its channel again", Messages.Lines);
    }

    [Fact]
    public void to_what_was_collected_says_how_that_can_be_had_again()
    {
        InstallTwoNightlies();
        CollectEverything();
        using var store = Open();

        var refused = Assert.Throws<StoreException>(() => store.RollBack(Nightly, "1"));

        Assert.Contains("was collected", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"rustup toolchain install nightly-2026-01-01-{RustPackages.Host}", refused.Message, StringComparison.Ordinal);
        Assert.True(store.ListGenerations(Nightly).Single(generation => generation.Number == 1).IsCollected);
    }

    [Theory]
    [InlineData("99", "has no generation 99")]
    [InlineData("good", "is kept as 'good'")]
    public void to_what_never_was_is_an_error(string which, string expected)
    {
        InstallTwoNightlies();
        using var store = Open();

        Assert.Contains(
            expected, Assert.Throws<StoreException>(() => store.RollBack(Nightly, which)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void of_a_link_or_of_nothing_is_an_error()
    {
        using var store = Open();
        store.Link(Mine, Folder("elsewhere"));

        Assert.Contains("is linked to", Assert.Throws<StoreException>(() => store.RollBack(Mine, null)).Message, StringComparison.Ordinal);
        Assert.Contains("is not installed", Assert.Throws<StoreException>(() => store.RollBack(Nightly, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void to_one_that_is_kept_outlives_every_collection()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        using (var store = Open())
        {
            store.Keep(Nightly, null, "good");
        }
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        CollectEverything();

        using (var store = Open())
        {
            store.RollBack(Nightly, "good");
        }

        Assert.Equal(old, TreeOf(Nightly));
    }

    [Fact]
    public void to_one_that_is_kept_while_a_collection_was_about_to_take_it_is_possible()
    {
        InstallTwoNightlies();
        using (var store = Open())
        {
            store.Keep(Nightly, "1", "");
        }
        using (var journal = OpenJournal())
        {
            // What a collection does that had seen it before.
            journal.Write(session => session.Generations.DeleteUnlessKept(1));
        }

        using var after = Open();
        Assert.Equal(1, after.RollBack(Nightly, "1").To.Number);
    }

    [Fact]
    public void is_over_once_a_kept_one_was_released()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        using (var store = Open())
        {
            store.Keep(Nightly, null, "good");
            store.Keep(Nightly, "good", null);
        }
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);

        CollectEverything();

        Assert.False(Directory.Exists(old));
    }

    [Fact]
    public void by_a_name_that_two_would_have_is_not_possible()
    {
        InstallTwoNightlies();
        using var store = Open();
        store.Keep(Nightly, "1", "good");

        Assert.Contains(
            "is kept as 'good' already",
            Assert.Throws<StoreException>(() => store.Keep(Nightly, "2", "good")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void with_a_program_that_knows_nothing_of_kept_generations_is_refused()
    {
        Install(Nightly);
        using (var store = Open())
        {
            store.Keep(Nightly, null, "");
        }

        using var journal = OpenJournal();
        Assert.Equal("3", journal.Read(session => session.Store.Find(StoreTable.MinimalWriterVersion)));
    }

    [Fact]
    public void undoes_an_update()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);

        using (var store = Open())
        {
            store.Undo(null);
        }

        Assert.Equal(old, TreeOf(Nightly));
    }

    [Fact]
    public void undoes_an_undo()
    {
        InstallTwoNightlies();
        var newest = TreeOf(Nightly);
        using (var store = Open())
        {
            store.Undo(null);
            store.Undo(null);
        }

        Assert.Equal(newest, TreeOf(Nightly));
    }

    [Fact]
    public void undoes_an_installation_by_removing_the_name()
    {
        Install(Nightly);
        using var store = Open();

        Assert.True(Assert.Single(store.Undo(null).Names).IsGone);

        Assert.Null(store.Catalog.Find(Nightly));
        Assert.False(Path.Exists(Layout.ToolchainView(Nightly.Text)));
    }

    [Fact]
    public void undoes_an_uninstall_with_its_profile_as_long_as_nothing_was_collected()
    {
        Install(Nightly, Profile.Minimal);
        var tree = TreeOf(Nightly);
        using (var store = Open())
        {
            store.Uninstall(Nightly);
            store.Undo(null);
        }

        Assert.Equal(tree, TreeOf(Nightly));
        using var journal = OpenJournal();
        Assert.Equal("minimal", journal.Read(session => session.Toolchains.Find(Nightly.Text)!.Profile));
    }

    [Fact]
    public void from_an_uninstall_is_over_once_its_tree_was_collected()
    {
        Install(Nightly);
        using (var store = Open())
        {
            store.Uninstall(Nightly);
        }
        CollectEverything();
        using var after = Open();

        var refused = Assert.Throws<StoreException>(() => after.Undo(null));

        Assert.Contains("was collected", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"rustup toolchain install nightly-2026-01-01-{RustPackages.Host}` to download that release", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void undoes_a_link_and_what_replaced_it()
    {
        var (first, second) = (Folder("first"), Folder("second"));
        Command(store => store.Link(Mine, first));
        Command(store => store.Link(Mine, second));

        Command(store => store.Undo(null));
        Assert.Equal(first, new FileInfo(Layout.ToolchainView("mine")).LinkTarget);

        Command(store => store.Uninstall(Mine));
        Command(store => store.Undo(null));
        Assert.Equal(first, new FileInfo(Layout.ToolchainView("mine")).LinkTarget);
    }

    [Fact]
    public void undoes_all_that_one_command_did()
    {
        var beta = Official("beta");
        Command(store => store.Link(Mine, Folder("first")));
        Install(Nightly);
        var (tree, link) = (TreeOf(Nightly), new FileInfo(Layout.ToolchainView("mine")).LinkTarget);
        SmallMirror.AdvanceTo(Mirror, 2);
        Command(store =>
        {
            store.Follow(new FollowRequest { Name = Nightly });
            store.Follow(new FollowRequest { Name = beta });
            store.Link(Mine, Folder("second"));
            store.ChangeComponents(new ComponentRequest(Nightly, [sources], []));
        });

        var undone = Command(store => store.Undo(null));

        Assert.Equal(4, undone.Operations.Count);
        Assert.Equal([Nightly.Text, beta.Text, "mine"], undone.Names.Select(name => name.Name));
        Assert.Equal(tree, TreeOf(Nightly));
        Assert.Equal(link, new FileInfo(Layout.ToolchainView("mine")).LinkTarget);
        using var after = Open();
        Assert.False(after.ReadBase(beta).Exists);
    }

    [Fact]
    public void undoes_no_installation_of_what_is_kept()
    {
        Install(Nightly);
        Command(store => store.Keep(Nightly, null, "good"));

        var refused = Command(store => Assert.Throws<StoreException>((Action)(() => store.Undo(null))));

        Assert.Contains($"whose generation 1 is kept\nhelp: run `rustup toolchain keep --release {Nightly.Text} 1` first", refused.Message, StringComparison.Ordinal);
        Command(store => store.Keep(Nightly, "1", null));
        Command(store => store.Undo(null));
        using var after = Open();
        Assert.False(after.ReadBase(Nightly).Exists);
    }

    [Fact]
    public void says_what_came_after_that_moved_nothing()
    {
        Install(Nightly);
        Command(store => store.SetSetting(SettingKeys.DefaultToolchain, Nightly.Text));

        Assert.Equal("set", Command(store => store.Undo(null)).PassedOver?.Kind);
        Assert.Null(Command(store => store.Undo(null)).PassedOver);
    }

    [Fact]
    public void goes_no_further_forward_after_an_undo_whose_generation_was_collected()
    {
        Install(Nightly);
        Install(Official("nightly-2026-01-01"));
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        CollectEverything();
        Command(store => store.Undo(null));

        var refused = Command(store => Assert.Throws<StoreException>((Action)(() => store.RollBack(Nightly, null))));

        Assert.Contains("there is no generation", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void keeps_the_name_under_which_something_is_kept()
    {
        Install(Nightly);
        Command(store => store.Keep(Nightly, "1", "good"));

        Assert.Equal("good", Command(store => store.Keep(Nightly, "1", "")).KeptAs);
        Command(store => store.Keep(Nightly, "1", null));
        Assert.Contains(
            "is not kept\nhelp: ",
            Command(store => Assert.Throws<StoreException>((Action)(() => store.Keep(Nightly, null, null)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void undoes_one_operation_of_a_command_where_it_is_named()
    {
        var beta = Official("beta");
        var operations = Command(store =>
        {
            store.Follow(new FollowRequest { Name = Nightly });
            store.Follow(new FollowRequest { Name = beta });
            return store.ListOperations(10);
        });

        var undone = operations.Select(operation => Command(store => store.Undo(operation.OperationId))).ToList();

        Assert.All(undone, each => Assert.Single(each.Operations));
        Assert.Equal([beta.Text, Nightly.Text], undone.Select(each => each.Names.Single().Name).Order());
    }

    [Fact]
    public void undoes_a_component_that_was_added()
    {
        Install(Nightly);
        using var store = Open();
        store.ChangeComponents(new ComponentRequest(Nightly, [sources], []));

        store.Undo(null);

        Assert.DoesNotContain(sources, store.ReadBase(Nightly).Components);
    }

    [Fact]
    public void undoes_nothing_whose_names_have_moved_since_and_lists_them()
    {
        InstallTwoNightlies();
        using var store = Open();
        var first = store.ListOperations(100).Single(operation => operation.Kind == "install").OperationId;

        var refused = Assert.Throws<StoreException>(() => store.Undo(first));

        Assert.Contains($"have moved since:\n  {Nightly.Text}, by `rustup test`", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void undoes_nothing_where_another_program_has_been()
    {
        using var store = Open();
        store.Link(Mine, Folder("first"));
        store.Uninstall(Mine);
        File.CreateSymbolicLink(Layout.ToolchainView("mine"), Folder("second"));

        Assert.Contains(
            "have moved since:\n  mine, by another program",
            Assert.Throws<StoreException>(() => store.Undo(null)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void undoes_nothing_that_moved_no_name()
    {
        InstallTwoNightlies();
        using var store = Open();
        store.SetSetting(SettingKeys.DefaultToolchain, Nightly.Text);
        var setting = store.ListOperations(1)[0].OperationId;

        Assert.Contains("moved no name", Assert.Throws<StoreException>(() => store.Undo(setting)).Message, StringComparison.Ordinal);
        Assert.Contains("is remembered", Assert.Throws<StoreException>(() => store.Undo("zzzz")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void leaves_what_runs_from_the_newer_one_alone()
    {
        InstallTwoNightlies();
        var newest = TreeOf(Nightly);
        using var store = Open();
        using var held = store.Hold(store.Catalog.Find(Nightly)!.Location);

        store.RollBack(Nightly, null);
        store.Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });

        Assert.True(File.Exists(Path.Combine(newest, "bin", "rustc")));
    }

    [Fact]
    public void knows_how_much_an_operation_downloaded()
    {
        Install(Nightly);
        using var store = Open();

        var operation = Assert.Single(store.ListOperations(100), operation => operation.Kind == "install");

        Assert.True(operation.Bytes > 0);
        Assert.Equal(Operation.Succeeded, operation.Outcome);
    }

    private void Command(Action<LocalStore> run) => Command(store =>
    {
        run(store);
        return true;
    });

    /// <summary>What one run of the program does.</summary>
    private T Command<T>(Func<LocalStore, T> run)
    {
        using var store = Open();
        return run(store);
    }

    private void InstallTwoNightlies()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
    }
}
