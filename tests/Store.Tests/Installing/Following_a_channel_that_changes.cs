using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>Packages are renamed, go missing and come back, days have no release; as rustup 1.29.0 takes it.</summary>
public sealed class Following_a_channel_that_changes : StoreTest
{
    private const string OtherHost = "aarch64-unknown-linux-gnu";

    [Fact]
    public void carries_an_installed_component_across_a_rename()
    {
        Mirror.Publish(SmallMirror.Nightly(1).BeforeRenameOf("clippy"));
        Install(Nightly);
        Assert.Contains("clippy", PackagesOf(Nightly));

        Mirror.Publish(SmallMirror.Nightly(2));
        Install(Nightly);

        Assert.Contains("clippy-preview", PackagesOf(Nightly));
        Assert.DoesNotContain("clippy", PackagesOf(Nightly));
    }

    [Theory]
    [InlineData("clippy")]
    [InlineData("clippy-preview")]
    [InlineData("clippy-x86_64-unknown-linux-gnu")]
    [InlineData("clippy-preview-x86_64-unknown-linux-gnu")]
    public void knows_a_renamed_component_by_each_of_its_names(string text)
    {
        Install(Nightly, Profile.Minimal);

        using var store = Open();
        Assert.Equal(
            InstallOutcome.Updated, store.Follow(new FollowRequest { Name = Nightly, Components = [text] }));
        Assert.Contains(
            store.ReadBase(Nightly).Components, component => component == new Component("clippy-preview", RustPackages.Host));
    }

    [Fact]
    public void keeps_what_is_the_same_for_all_hosts()
    {
        Follow(new FollowRequest { Name = Nightly, Profile = Profile.Minimal, Components = ["rust-src"] });
        SmallMirror.AdvanceTo(Mirror, 2);

        Install(Nightly);

        using var store = Open();
        Assert.Contains(store.ReadBase(Nightly).Components, component => component == new Component("rust-src", null));
    }

    [Fact]
    public void stays_at_the_last_complete_nightly()
    {
        Install(Nightly);
        Mirror.Publish(SmallMirror.Nightly(4).Lacking("clippy-preview"));

        Assert.Equal(InstallOutcome.Unchanged, Install(Nightly));
    }

    [Fact]
    public void passes_over_days_without_a_nightly()
    {
        Install(Nightly);
        Mirror.Publish(SmallMirror.Nightly(4));
        Mirror.Publish(SmallMirror.Nightly(8).Lacking("rustc"));

        Assert.Equal(InstallOutcome.Updated, Install(Nightly));
        Assert.Equal("2026-01-04", DateOf(Nightly));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(3, "2026-01-04")]
    public void gives_up_after_as_many_incomplete_nightlies_as_is_said(int limit, string? date)
    {
        Mirror.Publish(SmallMirror.Nightly(4));
        Mirror.Publish(SmallMirror.Nightly(7).Lacking("rustc"));
        Mirror.Publish(SmallMirror.Nightly(8).Lacking("rustc"));

        using var store = LocalStore.OpenForWriting(Options() with { BacktrackLimit = limit });
        var request = new FollowRequest { Name = Nightly };
        if (date is null)
        {
            Assert.Throws<UnavailableComponentsException>(() => store.Follow(request));
            return;
        }
        store.Follow(request);
        Assert.Equal(date, store.LoadManifest(Nightly).Date);
    }

    [Fact]
    public void goes_below_what_is_installed_only_if_that_is_allowed()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Follow(new FollowRequest { Name = Nightly, Profile = Profile.Minimal });
        Mirror.Publish(SmallMirror.Nightly(4).Lacking("rust-src"));
        Mirror.Publish(SmallMirror.Nightly(2).Lacking("rust-src"));

        var request = new FollowRequest { Name = Nightly, Components = ["rust-src"] };
        Assert.Throws<UnavailableComponentsException>(() => Follow(request));

        Follow(request with { AllowsDowngrade = true });
        Assert.Equal("2026-01-01", DateOf(Nightly));
    }

    [Fact]
    public void of_another_host_takes_that_hosts_components()
    {
        Mirror.Publish(SmallMirror.Nightly(2).For(OtherHost));
        var name = Official($"nightly-{OtherHost}");

        Install(name, Profile.Minimal);

        using var store = Open();
        Assert.All(store.ReadBase(name).Components, component => Assert.Equal(OtherHost, component.Target));
    }

    [Fact]
    public void without_profiles_installs_what_the_release_brings_by_itself()
    {
        Mirror.Publish(SmallMirror.Nightly(2) with { Profiles = new Dictionary<string, string[]>() });

        Install(Nightly, Profile.Minimal);

        Assert.Equal(["cargo", "rust-docs", "rust-std", "rustc"], PackagesOf(Nightly));
    }

    [Fact]
    public void without_a_certain_profile_says_so()
    {
        Mirror.Publish(SmallMirror.Nightly(2) with
        {
            Profiles = RustPackages.Profiles.Where(profile => profile.Key != "minimal").ToDictionary(),
        });

        Assert.Equal("profile not found: 'minimal'", Assert.Throws<StoreException>(() => Install(Nightly, Profile.Minimal)).Message);
    }

    [Fact]
    public void whose_manifest_is_torn_says_where_and_changes_nothing()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);
        Mirror.TearManifest("nightly");

        var failed = Assert.Throws<StoreException>(() => Install(Nightly));

        Assert.Equal($"could not parse manifest file: '{Server.Url}/dist/channel-rust-nightly.toml'", failed.Message);
        Assert.Equal("2026-01-01", DateOf(Nightly));
    }

    private void Follow(FollowRequest request)
    {
        using var store = Open();
        store.Follow(request);
    }

    private string[] PackagesOf(ToolchainName.Official name)
    {
        using var store = Open();
        return [.. store.ReadBase(name).Components.Select(component => component.Package).Order(StringComparer.Ordinal)];
    }

    private string DateOf(ToolchainName.Official name)
    {
        using var store = Open();
        return store.LoadManifest(name).Date;
    }
}
