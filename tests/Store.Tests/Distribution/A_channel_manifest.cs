using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_channel_manifest
{
    private const string Host = ManifestText.Host;

    private readonly ChannelManifest manifest = ChannelManifest.Parse(ManifestText.Small, "small");

    [Fact]
    public void says_what_it_releases()
    {
        Assert.Equal("2026-04-16", manifest.Date);
        Assert.Equal("1.95.0 (59807616e 2026-04-14)", manifest.RustVersion);
        Assert.Equal("0.96.0 (f2d3ce0bd 2026-03-21)", manifest.Packages["cargo"].Version);
        Assert.NotNull(manifest.FindRelease(Host));
        Assert.Null(manifest.FindRelease("wasm32-unknown-unknown"));
    }

    [Fact]
    public void prefers_the_smaller_archive()
    {
        var archives = manifest.FindTarget(new Component("cargo", Host))?.Archives;

        Assert.Equal(
            [ArchiveFormat.Zstandard, ArchiveFormat.Xz, ArchiveFormat.Gzip],
            archives?.Select(archive => archive.Format));
        Assert.Equal("https://static.rust-lang.org/dist/2026-04-16/cargo.tar.zst", archives?[0].Url);
        Assert.Equal(new string('3', 64), archives?[0].Digest.Hex);
    }

    [Fact]
    public void offers_no_archive_without_both_url_and_digest() =>
        Assert.Empty(manifest.FindTarget(new Component("rust-src", null))?.Archives ?? []);

    [Fact]
    public void offers_nothing_of_what_is_unavailable()
    {
        var clippy = new Component("clippy-preview", Host);

        Assert.False(manifest.IsAvailable(clippy));
        Assert.Empty(manifest.FindTarget(clippy)?.Archives ?? []);
        Assert.False(manifest.IsAvailable(new Component("nope", Host)));
    }

    [Fact]
    public void serves_every_target_from_a_package_for_all() =>
        Assert.NotNull(manifest.FindTarget(new Component("rust-src", Host)));

    [Fact]
    public void lists_components_before_extensions() => Assert.Equal(
        [
            "cargo-x86_64-unknown-linux-gnu",
            "rust-std-x86_64-unknown-linux-gnu",
            "rust-std-wasm32-unknown-unknown",
            "clippy-preview-x86_64-unknown-linux-gnu",
            "rust-src",
        ],
        manifest.ComponentsOf(Host).Select(component => component.FullName));

    [Theory]
    [InlineData(Profile.Minimal, "cargo-x86_64-unknown-linux-gnu rust-std-x86_64-unknown-linux-gnu")]
    [InlineData(
        Profile.Default,
        "cargo-x86_64-unknown-linux-gnu rust-std-x86_64-unknown-linux-gnu " +
        "clippy-preview-x86_64-unknown-linux-gnu rust-src")]
    public void installs_of_a_profile_what_the_host_has(Profile profile, string components) =>
        Assert.Equal(components, string.Join(' ', manifest.ProfileComponents(profile, Host)));

    [Fact]
    public void may_lack_a_profile()
    {
        var error = Assert.Throws<StoreException>(() => manifest.ProfileComponents(Profile.Complete, Host));

        Assert.Equal("profile not found: 'complete'", error.Message);
    }

    [Fact]
    public void from_before_profiles_installs_the_components()
    {
        var old = ChannelManifest.Parse(ManifestText.Small[..ManifestText.Small.IndexOf("[profiles]")], "old");

        Assert.Equal(
            ["cargo", "rust-std", "rust-std"],
            old.ProfileComponents(Profile.Minimal, Host).Select(component => component.Package));
    }

    [Fact]
    public void has_no_components_for_a_host_it_does_not_know()
    {
        var error = Assert.Throws<StoreException>(() => manifest.ComponentsOf("m68k-amiga"));

        Assert.Equal(StoreErrorKind.NotFound, error.Kind);
        Assert.Equal(
            "target 'm68k-amiga' not found in channel.  Perhaps check " +
            "https://doc.rust-lang.org/nightly/rustc/platform-support.html for available targets",
            error.Message);
    }

    [Theory]
    [InlineData("clippy", null, "clippy-preview-x86_64-unknown-linux-gnu")]
    [InlineData("clippy-preview", null, "clippy-preview-x86_64-unknown-linux-gnu")]
    [InlineData("clippy-x86_64-unknown-linux-gnu", null, "clippy-preview-x86_64-unknown-linux-gnu")]
    [InlineData("clippy-preview-x86_64-unknown-linux-gnu", null, "clippy-preview-x86_64-unknown-linux-gnu")]
    [InlineData("clippy", "wasm32-unknown-unknown", null)]
    [InlineData("rust-src", null, "rust-src")]
    [InlineData("rust-src", "wasm32-unknown-unknown", "rust-src")]
    [InlineData("rust-src-x86_64-unknown-linux-gnu", null, null)]
    [InlineData("rust-std", null, "rust-std-x86_64-unknown-linux-gnu")]
    [InlineData("rust-std", "wasm32-unknown-unknown", "rust-std-wasm32-unknown-unknown")]
    [InlineData("rust-std-wasm32-unknown-unknown", Host, "rust-std-wasm32-unknown-unknown")]
    [InlineData("rust-std-foo", null, null)]
    [InlineData("nope", null, null)]
    [InlineData("rust", null, null)]
    [InlineData("", null, null)]
    public void resolves_the_names_that_users_have_for_a_component(string text, string? target, string? fullName) =>
        Assert.Equal(fullName, manifest.Resolve(text, target, Host)?.FullName);

    [Theory]
    [InlineData("clippy-preview", Host, "clippy", "'clippy' for target 'x86_64-unknown-linux-gnu'", "clippy-x86_64-unknown-linux-gnu")]
    [InlineData("rust-src", null, "rust-src", "'rust-src'", "rust-src")]
    [InlineData("rust-std", "wasm32-unknown-unknown", "rust-std for target wasm32-unknown-unknown",
        "'rust-std' for target 'wasm32-unknown-unknown'", "rust-std-wasm32-unknown-unknown")]
    public void speaks_of_a_component(string package, string? target, string inProgress, string inErrors, string inLists)
    {
        var component = new Component(package, target);

        Assert.Equal(
            (inProgress, inErrors, inLists),
            (manifest.Describe(component, Host), manifest.DescribeFully(component), manifest.DisplayName(component)));
    }

    [Fact]
    public void carries_an_installed_component_across_a_rename() =>
        Assert.Equal(new Component("clippy-preview", Host), manifest.Rename(new Component("clippy", Host)));
}
