using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Toolchains;

public sealed class Holding_a_toolchain : StoreTest
{
    [Fact]
    public void that_moved_on_after_it_was_looked_up_gives_what_the_name_means_now()
    {
        Install(Nightly);
        using var store = Open();
        var seen = store.Catalog.Find(Nightly)!.Location;
        SmallMirror.AdvanceTo(Mirror, day: 2);
        Install(Nightly);
        CollectEverything();
        Assert.False(Directory.Exists(seen.SysrootPath));

        using var held = store.Hold(seen);

        Assert.Equal(store.Catalog.Find(Nightly)!.Location, held?.Location);
    }

    [Fact]
    public void that_was_uninstalled_after_it_was_looked_up_gives_nothing()
    {
        Install(Stable);
        using var store = Open();
        var seen = store.Catalog.Find(Stable)!.Location;
        store.Uninstall(Stable);

        Assert.Null(store.Hold(seen));
    }

    [Fact]
    public void whose_tree_is_collected_and_made_anew_meanwhile_holds_the_new_one()
    {
        Install(Stable);
        var isFirst = true;
        var files = new OvertakenOpener(Machine.Host.Files, path =>
        {
            if (Path.GetFileName(path) == StoreLayout.LeaseFileName && isFirst)
            {
                isFirst = false;
                Uninstall(Stable);
                CollectEverything();
                Install(Stable);
            }
        });
        using var store = LocalStore.OpenForWriting(Options() with
        {
            Machine = new Machine { Files = files, Processes = Machine.Host.Processes, Network = Machine.Host.Network },
        });

        using (var held = store.Hold(store.Catalog.Find(Stable)!.Location))
        {
            Assert.False(isFirst, "a lease was opened");
            Uninstall(Stable);
            CollectEverything();
            Assert.True(Directory.Exists(held!.Location.SysrootPath));
        }
    }

    private void Uninstall(ToolchainName name)
    {
        using var store = Open();
        store.Uninstall(name);
    }

    /// <summary>Whoever opens a file is overtaken before it can lock what it opened.</summary>
    private sealed class OvertakenOpener(IFileSystem files, Action<string> overtake) : DelegatingFileSystem(files)
    {
        public override IFile? TryOpenRead(string path)
        {
            var file = base.TryOpenRead(path);
            overtake(path);
            return file;
        }
    }
}
