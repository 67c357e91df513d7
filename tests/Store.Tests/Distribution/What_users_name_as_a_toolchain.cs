using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class What_users_name_as_a_toolchain
{
    [Theory]
    [InlineData("stable/")]
    [InlineData("+stable")]
    [InlineData("custom")]
    [InlineData("none")]
    [InlineData("")]
    [InlineData("/")]
    public void where_only_releases_go_is_taken_literally(string text) =>
        Refuses($"invalid toolchain name: '{text}'", () => RequestedToolchain.ParseOfficial(text));

    [Theory]
    [InlineData("", "invalid toolchain name ''")]
    [InlineData("/", "invalid toolchain name '/'")]
    [InlineData("none", "invalid custom toolchain name 'none'")]
    [InlineData("stable/", "invalid custom toolchain name 'stable'")]
    [InlineData("stable-gnu", "invalid custom toolchain name 'stable-gnu'")]
    [InlineData("a/b", "invalid custom toolchain name 'a/b'")]
    [InlineData("a\\b", "invalid custom toolchain name 'a\\b'")]
    [InlineData("..", "invalid custom toolchain name '..'")]
    [InlineData("+custom/", "invalid toolchain name '+custom/'; valid toolchain names do not start with '+'")]
    public void where_only_links_go_is_no_release(string text, string error) =>
        Refuses(error, () => RequestedToolchain.ParseCustom(text));

    [Theory]
    [InlineData("", "invalid toolchain name ''")]
    [InlineData("//", "invalid toolchain name '//'")]
    [InlineData("none", "invalid toolchain name 'none'")]
    [InlineData("/abs", "invalid toolchain name '/abs'")]
    [InlineData("./x", "invalid toolchain name './x'")]
    [InlineData("+", "invalid toolchain name '+'; valid toolchain names do not start with '+'")]
    public void where_names_go_is_no_path(string text, string error) =>
        Refuses(error, () => RequestedToolchain.ParseOfficialOrCustom(text));

    [Theory]
    [InlineData("/", "invalid toolchain name '/'")]
    [InlineData("none", "invalid path toolchain 'none'")]
    [InlineData("none/", "invalid path toolchain 'none'")]
    [InlineData("a/b", "relative path toolchain 'a/b'")]
    [InlineData("custom/x/", "relative path toolchain 'custom/x'")]
    [InlineData("a\\b", "relative path toolchain 'a\\b'")]
    [InlineData("+x", "invalid toolchain name '+x'; valid toolchain names do not start with '+'")]
    public void where_paths_go_too_is_absolute(string text, string error) =>
        Refuses(error, () => RequestedToolchain.ParseOfficialCustomOrPath(text));

    [Theory]
    [InlineData("", "invalid toolchain name ''")]
    [InlineData("foo", "invalid official toolchain name 'foo'")]
    [InlineData("stable-x", "invalid official toolchain name 'stable-x'")]
    [InlineData("+stable", "invalid toolchain name '+stable'; valid toolchain names do not start with '+'")]
    public void to_the_installer_is_a_release_or_none(string text, string error) =>
        Refuses(error, () => RequestedToolchain.ParseOfficialOrNone(text));

    [Fact]
    public void may_end_in_the_slash_that_a_shell_completed()
    {
        Assert.Equal("stable", RequestedToolchain.ParseOfficialOrCustom("stable//") is
            RequestedToolchain.Official { Name: var official } ? official.Text : null);
        Assert.Equal("custom", RequestedToolchain.ParseOfficialOrCustom("custom/") is
            RequestedToolchain.Custom { Name: var custom } ? custom.Text : null);
    }

    [Fact]
    public void may_be_a_path()
    {
        var path = OperatingSystem.IsWindows() ? @"C:\tool\chain" : "/tool/chain";

        Assert.Equal(new RequestedToolchain.AtPath(path), RequestedToolchain.ParseOfficialCustomOrPath(path + "/"));
    }

    [Fact]
    public void may_be_none()
    {
        Assert.IsType<RequestedToolchain.None>(RequestedToolchain.ParseOfficialCustomOrNone("none"));
        Assert.IsType<RequestedToolchain.None>(RequestedToolchain.ParseOfficialOrNone("none/"));
    }

    private static void Refuses(string error, Func<object> parse)
    {
        var refusal = Assert.Throws<StoreException>(parse);

        Assert.Equal((StoreErrorKind.Usage, error), (refusal.Kind, refusal.Message));
    }
}
