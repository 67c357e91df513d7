using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class Names_of_toolchain_directories
{
    [Fact]
    public void sort_as_rustup_lists_them()
    {
        string[] listed =
        [
            "stable-a", "stable-foo", "stable-x86_64-unknown-linux-gnu", "stable-2020-01-01-2020-01-01",
            "beta-x", "nightly-a", "nightly-2020-01-01-a", "nightly-2021-01-01-a",
            "1.8-beta-x", "1.8.0-x", "1.9-beta-x", "1.9-beta.3-x", "1.9-x",
            "1.9.0-beta-x", "1.9.0-beta.2-x", "1.9.0-beta.10-x", "1.9.0-x", "1.9.1-x",
            "1.9.3-a", "1.9.3-b", "1.9.3-2020-01-01-a", "1.10-x", "1.95.0-beta.0-x",
            "1.95.0-beta.123", "1.95.0-beta.12x-y", "2.0-x",
            "-x", ".hidden", "1.1000-x", "Stable", "Zed", "a b", "a.b", "custom", "self", "stable-", "é",
        ];

        var names = listed.Reverse().Select(ToolchainName.TryParse).Order().Select(name => name?.Text);

        Assert.Equal(listed, names);
    }

    [Theory]
    [InlineData("stable")]
    [InlineData("1.8-beta")]
    [InlineData("nightly-2020-01-01")]
    [InlineData("1.95.0-2020-01-01")]
    [InlineData("1.8-x")]
    [InlineData("none")]
    [InlineData("+plus")]
    [InlineData("a\\b")]
    [InlineData(".")]
    [InlineData("..")]
    public void are_not(string directoryName) => Assert.Null(ToolchainName.TryParse(directoryName));

    [Fact]
    public void that_are_official_tell_what_to_ask_a_server_for()
    {
        var name = Assert.IsType<ToolchainName.Official>(
            ToolchainName.TryParse("1.95.0-beta.3-2026-01-02-x86_64-unknown-linux-gnu"));

        Assert.Equal("1.95.0-beta.3", name.ManifestName);
        Assert.Equal("2026-01-02", name.Date);
        Assert.Equal("x86_64-unknown-linux-gnu", name.Host);
        Assert.Equal("1.95.0-beta.3-2026-01-02", name.Release);
    }
}
