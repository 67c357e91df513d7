using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Downloading;

public sealed class Choosing_an_archive
{
    private const int ManifestBytes = 800_000;

    private static readonly ArchiveSource gzip = new(ArchiveFormat.Gzip, "a.tar.gz", Digest.FromBytes(new byte[32]));
    private static readonly ArchiveSource xz = new(ArchiveFormat.Xz, "a.tar.xz", Digest.FromBytes(new byte[32]));

    [Theory]
    [InlineData(1_000_000, ArchiveFormat.Xz), InlineData(10_000_000, ArchiveFormat.Xz), InlineData(1_000_000_000, ArchiveFormat.Gzip)]
    public void goes_by_how_fast_the_manifest_came(int bytesPerSecond, ArchiveFormat expected)
    {
        var server = ServerAt("https://static.example.invalid");
        server.Link.Note(ManifestBytes, TimeSpan.FromSeconds((double)ManifestBytes / bytesPerSecond));

        Assert.Equal(expected, Choose(server).Format);
    }

    [Fact]
    public void takes_the_smaller_over_a_slow_link_also_if_that_ends_on_this_machine()
    {
        var server = ServerAt("http://127.0.0.1:1");
        server.Link.Note(ManifestBytes, TimeSpan.FromSeconds(1));

        Assert.Equal(ArchiveFormat.Xz, Choose(server).Format);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", ArchiveFormat.Gzip), InlineData("file:///mirror", ArchiveFormat.Gzip)]
    [InlineData("https://static.example.invalid", ArchiveFormat.Xz)]
    public void goes_by_where_the_server_is_if_nothing_came_from_it(string url, ArchiveFormat expected) =>
        Assert.Equal(expected, Choose(ServerAt(url)).Format);

    [Fact]
    public void learns_nothing_from_what_is_over_at_once()
    {
        var server = ServerAt("https://static.example.invalid");
        server.Link.Note(64, TimeSpan.Zero);

        Assert.Equal(ArchiveFormat.Xz, Choose(server).Format);
    }

    [Fact]
    public void goes_on_with_what_was_begun()
    {
        Assert.Equal(ArchiveFormat.Xz, Choose(ServerAt("file:///mirror"), isBegun: archive => archive == xz).Format);
        Assert.Equal(ArchiveFormat.Gzip, Choose(ServerAt("https://static.example.invalid"), isBegun: archive => archive == gzip).Format);
    }

    [Fact]
    public void obeys_the_user()
    {
        Assert.Equal(ArchiveFormat.Xz, Choose(ServerAt("file:///mirror"), ArchivePreference.Xz).Format);
        Assert.Equal(ArchiveFormat.Gzip, Choose(ServerAt("https://static.example.invalid"), ArchivePreference.Gzip, archive => archive == xz).Format);
    }

    private static DistributionServer ServerAt(string url) =>
        new(Machine.Host, url, static () => DistributionServer.DefaultIdleTimeout);

    private static ArchiveSource Choose(
        DistributionServer server, ArchivePreference preference = ArchivePreference.Automatic, Func<ArchiveSource, bool>? isBegun = null) =>
        new ArchiveChoice(preference, server, workers: 2).Choose([xz, gzip], isBegun ?? (static _ => false));
}
