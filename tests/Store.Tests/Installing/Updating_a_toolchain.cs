using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

public sealed class Updating_a_toolchain : StoreTest
{
    [Fact]
    public void moves_the_name_and_leaves_the_old_tree_whole()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);

        Assert.Equal(InstallOutcome.Updated, Install(Nightly));
        Assert.NotEqual(old, TreeOf(Nightly));
        Assert.True(File.Exists(Path.Combine(old, "bin", "rustc")));
    }

    [Fact]
    public void fetches_only_what_changed()
    {
        Install(Stable, Profile.Complete);
        Server.ForgetRequests();
        var next = SmallMirror.Stable(1) with { Date = "2026-01-05", Version = "1.91.1 (hash-x 2026-01-05)" };
        Mirror.Publish(next.With("rustfmt-preview", package => package with { Version = "1.91.1 (x)", Files = [TarEntry.Executable("bin/rustfmt", "#!/bin/sh\n")] }));

        Install(Stable);

        Assert.Contains("rustfmt-preview", Assert.Single(Server.ArchiveRequests).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void tries_older_nightlies_when_the_newest_lacks_a_component()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        SmallMirror.AdvanceTo(Mirror, 3);

        Assert.Equal(InstallOutcome.Updated, Install(Nightly));

        using var store = Open();
        Assert.Equal("1.95.0-nightly (hash-n2 2026-01-02)", store.LoadManifest(Nightly).RustVersion);
        Assert.Contains("info: skipping nightly with missing component: clippy", Messages.Lines);
    }

    [Fact]
    public void never_goes_below_what_is_installed()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 3);

        Assert.Equal(InstallOutcome.Unchanged, Install(Nightly));
    }

    [Fact]
    public void by_force_drops_what_is_missing_with_a_warning()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        SmallMirror.AdvanceTo(Mirror, 3);

        using var store = Open();
        Assert.Equal(InstallOutcome.Updated, store.Follow(new FollowRequest { Name = Nightly, IsForced = true }));
        Assert.Contains("warn: skipping unavailable component clippy", Messages.Lines);
        Assert.DoesNotContain(store.ReadBase(Nightly).Components, component => component.Package == "clippy-preview");
    }

    [Fact]
    public void never_recreates_a_name_that_is_gone()
    {
        using var store = Open();

        var failed = Assert.Throws<StoreException>(
            () => store.Follow(new FollowRequest { Name = Stable, MayCreate = false }));
        Assert.StartsWith($"toolchain '{Stable.Text}' is not installed", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void is_not_done_for_whoever_only_needs_it_to_be_there()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);

        using var store = Open();
        Assert.Equal(InstallOutcome.Unchanged, store.Follow(new FollowRequest { Name = Nightly, MayUpdate = false }));
        Assert.Equal("1.94.0-nightly (hash-n1 2026-01-01)", store.LoadManifest(Nightly).RustVersion);
    }

    [Fact]
    public void with_extras_adds_them_to_an_up_to_date_toolchain()
    {
        Install(Stable, Profile.Minimal);

        using var store = Open();
        Assert.Equal(
            InstallOutcome.Updated,
            store.Follow(new FollowRequest { Name = Stable, Components = ["clippy"], Targets = [RustPackages.OtherTarget] }));
        Assert.Equal(5, store.ReadBase(Stable).Components.Count);
    }
}
