using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class Urls_of_a_distribution_server
{
    private const string Mirror = "https://mirror.example/rust";

    [Theory]
    [InlineData(null, null, "https://static.rust-lang.org")]
    [InlineData("", "", "https://static.rust-lang.org")]
    [InlineData(Mirror, null, Mirror)]
    [InlineData(Mirror + "/", null, Mirror)]
    [InlineData(null, Mirror + "/dist", Mirror)]
    [InlineData(null, Mirror + "/dist/", Mirror)]
    [InlineData(Mirror, "https://other.example/dist", Mirror)]
    public void begin_with_the_server_of_the_environment(string? distServer, string? distRoot, string server) =>
        Assert.Equal(server, ManifestUrl.ResolveServer(distServer, distRoot));

    [Fact]
    public void lead_to_manifests()
    {
        Assert.Equal(Mirror + "/dist/channel-rust-stable.toml", ManifestUrl.Manifest(Mirror, "stable", null));
        Assert.Equal(
            Mirror + "/dist/2026-01-02/channel-rust-nightly.toml", ManifestUrl.Manifest(Mirror, "nightly", "2026-01-02"));
        Assert.Equal(
            Mirror + "/dist/staging/channel-rust-1.95.0.toml",
            ManifestUrl.Manifest(Mirror, "1.95.0", null, isStaged: true));
        Assert.Equal(
            Mirror + "/dist/channel-rust-stable.toml.sha256",
            ManifestUrl.Digest(ManifestUrl.Manifest(Mirror, "stable", null)));
    }

    [Fact]
    public void lead_to_what_was_before_manifests()
    {
        Assert.Equal(Mirror + "/dist/channel-rust-stable", ManifestUrl.ManifestVersion1(Mirror, "stable", null));
        Assert.Equal(
            Mirror + "/dist/2016-01-02/rust-1.8.0-x86_64-unknown-linux-gnu.tar.gz",
            ManifestUrl.ReleaseArchive(Mirror, "1.8.0", "2016-01-02", "x86_64-unknown-linux-gnu"));
    }

    [Theory]
    [InlineData("https://static.rust-lang.org/dist/2026-04-16/cargo.tar.xz", Mirror + "/dist/2026-04-16/cargo.tar.xz")]
    [InlineData("https://elsewhere.example/cargo.tar.xz", "https://elsewhere.example/cargo.tar.xz")]
    public void in_manifests_move_to_the_mirror(string published, string here) =>
        Assert.Equal(here, ManifestUrl.Archive(Mirror, published));
}
