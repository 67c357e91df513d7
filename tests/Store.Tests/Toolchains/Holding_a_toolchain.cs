using ToolchainStore.Tests.Support;

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
}
