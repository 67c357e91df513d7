using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>What can be had while no server may be asked.</summary>
public sealed class Offline : StoreTest
{
    [Fact]
    public void an_update_finds_nothing_newer_and_asks_nobody()
    {
        Install(Stable);

        Assert.Equal(InstallOutcome.Unchanged, Follow(Stable));
    }

    [Fact]
    public void a_version_that_stable_has_is_installed()
    {
        Install(Stable);

        Assert.Equal(InstallOutcome.Installed, Follow(Official("1.91.0")));
        Assert.Equal(InstallOutcome.Installed, Follow(Official("1.91")));
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91")));
    }

    [Fact]
    public void the_nightly_of_a_day_that_nightly_has_is_installed()
    {
        Install(Nightly);

        Assert.Equal(InstallOutcome.Installed, Follow(Official("nightly-2026-01-01")));
        Assert.Equal(TreeOf(Nightly), TreeOf(Official("nightly-2026-01-01")));
    }

    [Theory]
    [InlineData("beta"), InlineData("nightly-2026-01-02"), InlineData("1.90.0"), InlineData("1.9")]
    public void what_no_toolchain_was_made_from_is_an_error_that_says_what_to_do(string name)
    {
        Install(Stable);
        Install(Nightly);

        var refused = Assert.Throws<StoreException>(() => Follow(Official(name)));

        Assert.Equal(StoreErrorKind.NotFound, refused.Kind);
        Assert.Contains($"no release of '{name}' is in the store", refused.Message, StringComparison.Ordinal);
        Assert.Contains("help: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_component_that_is_not_here_is_an_error_that_names_it_and_changes_nothing()
    {
        Install(Stable, Profile.Minimal);
        var tree = TreeOf(Stable);

        var refused = Assert.Throws<StoreException>(() => Change("clippy-preview"));

        Assert.Contains("'clippy'", refused.Message, StringComparison.Ordinal);
        Assert.Equal(tree, TreeOf(Stable));
    }

    [Fact]
    public void a_component_that_another_toolchain_has_is_added()
    {
        Install(Stable, Profile.Minimal);
        Install(Official("1.91.0"), Profile.Default);

        Assert.True(Change("clippy-preview"));
    }

    [Fact]
    public void a_check_is_an_error()
    {
        Install(Stable);
        using var store = LocalStore.OpenForWriting(Isolated());

        Assert.Contains("offline", Assert.Throws<StoreException>(() => store.CheckForUpdate(Stable)).Message, StringComparison.Ordinal);
    }

    private StoreOptions Isolated() => Options() with { IsOffline = true, ServerRoot = "http://127.0.0.1:9" };

    private InstallOutcome Follow(ToolchainName.Official name)
    {
        using var store = LocalStore.OpenForWriting(Isolated());
        return store.Follow(new FollowRequest { Name = name, Profile = Profile.Default });
    }

    private bool Change(string package)
    {
        using var store = LocalStore.OpenForWriting(Isolated());
        return store.ChangeComponents(new ComponentRequest(Stable, [new Component(package, RustPackages.Host)], []));
    }
}
