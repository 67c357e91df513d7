using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Installing;

public sealed class Names_that_are_not_the_journals : StoreTest
{
    private static readonly ToolchainName.Custom mine = RequestedToolchain.ParseCustom("mine");

    [Fact]
    public void below_a_linked_directory_lead_to_the_store_all_the_same()
    {
        var elsewhere = Folder("elsewhere");
        Directory.CreateDirectory(Layout.RustupHome);
        File.CreateSymbolicLink(Layout.ToolchainViews, elsewhere);

        Install(Stable);

        Assert.True(File.Exists(Path.Combine(elsewhere, Stable.Text, "bin", "rustc")));
        using var store = Open();
        Assert.True(store.Uninstall(Stable));
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Fact]
    public void are_listed_beside_ours()
    {
        Install(Stable);
        Directory.CreateDirectory(Path.Combine(Layout.ToolchainView("mine"), "bin"));

        using var store = Open();
        Assert.Equal([Stable.Text, "mine"], store.Catalog.List().Select(toolchain => toolchain.Name.Text));
    }

    [Fact]
    public void are_left_alone_by_collection_and_recovery()
    {
        Install(Stable);
        var foreign = Path.Combine(Layout.ToolchainView("mine"), "bin", "rustc");
        Directory.CreateDirectory(Path.GetDirectoryName(foreign)!);
        File.WriteAllText(foreign, "theirs");

        CollectEverything();

        Assert.Equal("theirs", File.ReadAllText(foreign));
    }

    [Fact]
    public void go_when_the_user_names_them()
    {
        using var store = Open();
        Directory.CreateDirectory(Path.Combine(Layout.ToolchainView("mine"), "bin"));

        Assert.True(store.Uninstall(mine));
        Assert.False(Directory.Exists(Layout.ToolchainView("mine")));
    }

    [Fact]
    public void that_are_links_go_without_what_they_point_to()
    {
        using var store = Open();
        var theirs = Folder("stage1");
        File.CreateSymbolicLink(Layout.ToolchainView("mine"), theirs);

        Assert.True(store.Uninstall(mine));
        Assert.True(Directory.Exists(theirs));
    }

    [Fact]
    public void keep_a_directory_where_our_link_should_be()
    {
        IntendDamage();
        var occupied = Path.Combine(Layout.ToolchainView(Stable.Text), "bin");
        Directory.CreateDirectory(occupied);

        Install(Stable);

        Assert.Equal(FileKind.Directory, Machine.Host.Files.Status(Layout.ToolchainView(Stable.Text))!.Kind);
        Assert.Contains(Messages.Lines, line => line.Contains("was left alone", StringComparison.Ordinal));
    }

    [Fact]
    public void can_be_linked_and_linked_elsewhere()
    {
        using var store = Open();
        store.Link(mine, Folder("stage1"));
        store.Link(mine, Folder("stage2"));

        Assert.EndsWith("stage2", new FileInfo(Layout.ToolchainView("mine")).LinkTarget, StringComparison.Ordinal);
        Assert.EndsWith("stage2", store.Catalog.Find(mine)!.ShownPath, StringComparison.Ordinal);
    }
}
