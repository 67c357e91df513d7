using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

public sealed class Changing_components : StoreTest
{
    private static readonly Component clippy = new("clippy-preview", RustPackages.Host);

    [Fact]
    public void unpacks_nothing_that_is_there_already()
    {
        Install(Stable, Profile.Minimal);
        Server.ForgetRequests();

        Change([clippy], []);

        Assert.Contains("clippy", Assert.Single(Server.ArchiveRequests).Path, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(TreeOf(Stable), "bin", "cargo-clippy")));
    }

    [Fact]
    public void makes_a_new_tree_and_leaves_the_old_one_to_those_who_use_it()
    {
        Install(Stable, Profile.Minimal);
        var before = TreeOf(Stable);

        Change([clippy], []);

        Assert.NotEqual(before, TreeOf(Stable));
        Assert.True(File.Exists(Path.Combine(before, "bin", "rustc")));
        Assert.False(File.Exists(Path.Combine(before, "bin", "cargo-clippy")));
    }

    [Fact]
    public void back_and_forth_returns_to_the_same_tree_without_a_download()
    {
        Install(Stable, Profile.Minimal);
        var before = TreeOf(Stable);
        Change([clippy], []);
        Server.ForgetRequests();

        Change([], [clippy]);

        Assert.Equal(before, TreeOf(Stable));
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void that_are_there_says_so_and_changes_nothing()
    {
        Install(Stable);

        Assert.False(Change([clippy], []));
        Assert.Contains("info: component clippy is up to date", Messages.Lines);
    }

    [Fact]
    public void of_a_toolchain_that_vanished_fails_as_rustup_does()
    {
        var failed = Assert.Throws<StoreException>(() => Change([clippy], []));

        Assert.StartsWith($"toolchain '{Stable.Text}' is not installed", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void of_a_toolchain_that_vanished_after_it_was_found_says_the_same()
    {
        using var store = Open();
        var ofManifest = Assert.Throws<StoreException>(() => store.LoadManifest(Stable));
        var ofList = Assert.Throws<StoreException>(() => store.ReadComponents(Stable));

        Assert.StartsWith($"toolchain '{Stable.Text}' is not installed", ofManifest.Message, StringComparison.Ordinal);
        Assert.Equal(ofManifest.Message, ofList.Message);
    }

    [Fact]
    public async Task at_the_same_time_from_several_commands_all_take_effect()
    {
        Install(Stable, Profile.Minimal);
        Component[] added =
        [
            clippy, new("rustfmt-preview", RustPackages.Host), new("rust-src", null), new("rust-std", RustPackages.OtherTarget),
        ];

        await Task.WhenAll(added.Select(component => Task.Run(() => Change([component], []))));

        using var store = Open();
        Assert.Superset(added.ToHashSet(), store.ReadBase(Stable).Components.ToHashSet());
        Assert.Equal(7, store.ReadBase(Stable).Components.Count);
    }

    [Fact]
    public void does_not_read_which_fifty_thousand_files_a_documentation_has()
    {
        Install(Stable, Profile.Default);
        string documentation;
        using (var journal = OpenJournal())
        {
            documentation = journal.Read(session => session.Components.List()).Single(row => row.Package == "rust-docs").ComponentId;
        }
        var listing = Layout.ComponentListing(documentation);
        var elsewhere = Path.Combine(Folder("elsewhere"), "listing");
        File.Move(listing, elsewhere);

        Assert.True(Change([], [new Component("clippy-preview", RustPackages.Host)]));

        File.Move(elsewhere, listing);
        Assert.True(File.Exists(Path.Combine(TreeOf(Stable), "share", "doc", "rust", "html", "std", "index.html")));
    }

    private bool Change(IReadOnlyList<Component> added, IReadOnlyList<Component> removed)
    {
        using var store = Open();
        return store.ChangeComponents(new ComponentRequest(Stable, added, removed));
    }
}
