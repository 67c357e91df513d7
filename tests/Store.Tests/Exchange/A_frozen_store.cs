using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Exchange;

public sealed class A_frozen_store : StoreTest
{
    [Fact]
    public void has_nothing_but_what_its_toolchains_need()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);

        Freeze();

        Assert.Equal(
            ["components", "downloads", "journal.db", "journal.db-journal", "operations", "records", "staging", "toolchains", "trash"],
            Directory.EnumerateFileSystemEntries(Layout.Root).Select(Path.GetFileName).Order());
        Assert.Single(Directory.EnumerateDirectories(Layout.Trees));
        Assert.All(
            new[] { Layout.Downloads, Layout.Operations, Layout.Staging, Layout.Trash },
            directory => Assert.Empty(Directory.EnumerateFileSystemEntries(directory)));
        Assert.Equal(0, new FileInfo(Layout.Journal + "-journal").Length);
        Assert.Equal(JournalMode.Rollback, JournalDatabase.FindMode(Machine.Host, Layout));
    }

    [Fact]
    public void has_its_documentation_unpacked()
    {
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.Documentation, "on-demand");
        }
        Install(Stable);

        Freeze();

        using var frozen = Open();
        Assert.Empty(frozen.ListWaiting());
    }

    [Fact]
    public void is_changed_again_by_whoever_may_write_it()
    {
        Install(Stable, Profile.Minimal);
        Freeze();

        Install(Nightly, Profile.Minimal);

        Assert.True(Directory.Exists(TreeOf(Nightly)));
    }

    private void Freeze()
    {
        using var store = LocalStore.OpenForFreeing(Options());
        store.Freeze();
    }
}
