using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class Official_names
{
    private const string Linux = "x86_64-unknown-linux-gnu";

    [Theory]
    [InlineData("stable", "stable-x86_64-unknown-linux-gnu")]
    [InlineData("nightly-2020-01-01", "nightly-2020-01-01-x86_64-unknown-linux-gnu")]
    [InlineData("nightly-9999-99-99", "nightly-9999-99-99-x86_64-unknown-linux-gnu")]
    [InlineData("beta-2020-01-01-gnu", "beta-2020-01-01-x86_64-unknown-linux-gnu")]
    [InlineData("1.8", "1.8.0-x86_64-unknown-linux-gnu")]
    [InlineData("1.8-2020-01-01", "1.8.0-2020-01-01-x86_64-unknown-linux-gnu")]
    [InlineData("1.8-beta.2", "1.8-beta.2-x86_64-unknown-linux-gnu")]
    [InlineData("1.9", "1.9-x86_64-unknown-linux-gnu")]
    [InlineData("1.999", "1.999-x86_64-unknown-linux-gnu")]
    [InlineData("1.2.99", "1.2.99-x86_64-unknown-linux-gnu")]
    [InlineData("1.95.0-beta", "1.95.0-beta-x86_64-unknown-linux-gnu")]
    [InlineData("1.95.0-beta.3", "1.95.0-beta.3-x86_64-unknown-linux-gnu")]
    [InlineData("1.95-beta-i686", "1.95-beta-i686-unknown-linux-gnu")]
    [InlineData("stable-gnu", "stable-x86_64-unknown-linux-gnu")]
    [InlineData("stable-msvc", "stable-x86_64-unknown-linux-msvc")]
    [InlineData("stable-linux", "stable-x86_64-linux")]
    [InlineData("stable-linux-musl", "stable-x86_64-linux-musl")]
    [InlineData("stable-aarch64-musl", "stable-aarch64-unknown-linux-musl")]
    [InlineData("stable-none-none", "stable-x86_64-none-none")]
    [InlineData("stable-pc-windows", "stable-x86_64-pc-windows")]
    [InlineData("stable-wasm32-wasip1-threads", "stable-wasm32-wasip1-threads")]
    [InlineData("stable-thumbv8m.base-none-eabi", "stable-thumbv8m.base-none-eabi")]
    [InlineData("stable-x86_64-apple-darwin", "stable-x86_64-apple-darwin")]
    public void take_from_the_host_what_they_lack(string typed, string resolved) =>
        Assert.Equal(resolved, PartialToolchainName.TryParse(typed)?.Resolve(Linux).Text);

    [Theory]
    [InlineData("stable-gnu", "stable-x86_64-pc-windows-gnu")]
    [InlineData("stable-i686", "stable-i686-pc-windows-msvc")]
    [InlineData("stable-unknown-linux", "stable-x86_64-unknown-linux")]
    public void keep_the_environment_of_the_host_only_within_its_system(string typed, string resolved) =>
        Assert.Equal(resolved, PartialToolchainName.TryParse(typed)?.Resolve("x86_64-pc-windows-msvc").Text);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.x")]
    [InlineData("01.9")]
    [InlineData("10.1")]
    [InlineData("1.01")]
    [InlineData("1.1000")]
    [InlineData("1.2.100")]
    [InlineData("1.95.0-nightly")]
    [InlineData("1.95.0-beta.")]
    [InlineData("1.95.0-beta.03")]
    [InlineData("1.95.0-beta.123")]
    [InlineData("Stable")]
    [InlineData("stable-")]
    [InlineData("stable-foo")]
    [InlineData("stable-unknown")]
    [InlineData("stable-gnu-gnu")]
    [InlineData("stable-2020-1-01")]
    [InlineData("stable/")]
    [InlineData("nightly-20200101")]
    [InlineData("stable-x86_64-")]
    [InlineData("stable-i386-pc-windows-anything")]
    [InlineData("none")]
    public void are_nothing_else(string typed) => Assert.Null(PartialToolchainName.TryParse(typed));

    [Theory]
    [InlineData("stable")]
    [InlineData("1.95.0-beta.3-2020-01-01-aarch64-unknown-linux-musl")]
    [InlineData("nightly-gnu")]
    public void read_back_as_typed(string typed) => Assert.Equal(typed, PartialToolchainName.TryParse(typed)?.Text);

    [Theory]
    [InlineData("stable", false)]
    [InlineData("stable-2020-01-01", false)]
    [InlineData("stable-gnu", true)]
    public void know_whether_they_name_a_part_of_a_host(string typed, bool hasHost) =>
        Assert.Equal(hasHost, PartialToolchainName.TryParse(typed)?.HasHost);

    [Theory]
    [InlineData("stable", true)]
    [InlineData("nightly", true)]
    [InlineData("nightly-2020-01-01", false)]
    [InlineData("1.95", true)]
    [InlineData("1.95.0", false)]
    [InlineData("1.95.0-beta", true)]
    [InlineData("1.95-beta", true)]
    [InlineData("1.95.0-beta.3", false)]
    [InlineData("1.8", false)]
    public void track_a_channel_unless_they_pin_a_release(string typed, bool isTracking) =>
        Assert.Equal(isTracking, PartialToolchainName.TryParse(typed)?.Resolve(Linux).IsTracking);

    [Theory]
    [InlineData("bogus", "Provided host 'bogus' couldn't be converted to partial triple")]
    [InlineData("x86_64-foo-bar", "Provided host 'x86_64-foo-bar' couldn't be converted to partial triple")]
    [InlineData("x86_64", "Provided host 'x86_64' did not specify an operating system")]
    [InlineData("linux", "Provided host 'linux' did not specify a CPU architecture")]
    [InlineData("gnu", "Provided host 'gnu' did not specify a CPU architecture")]
    [InlineData("", "Provided host '' did not specify a CPU architecture")]
    public void cannot_be_completed_from_less_than_a_host(string host, string error)
    {
        var name = new PartialToolchainName(Channel.Stable, null, PartialHost.Empty);

        Assert.Equal(error, Assert.Throws<StoreException>(() => name.Resolve(host)).Message);
    }
}
