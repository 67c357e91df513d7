using ToolchainStore.Distribution;
using Xunit;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_broken_manifest
{
    [Fact]
    public void without_a_package_that_the_release_needs() => Refuses(
        ManifestText.Small.Replace("[pkg.cargo", "[pkg.other"),
        "server sent a broken manifest: missing package for component cargo: package not found: 'cargo'");

    [Fact]
    public void without_a_package_for_a_target_that_the_release_needs() => Refuses(
        ManifestText.Small.Replace("[pkg.cargo.target.x86_64", "[pkg.cargo.target.i686"),
        "server sent a broken manifest: missing package for component cargo: " +
        "target 'x86_64-unknown-linux-gnu' not found in channel.  Perhaps check " +
        "https://doc.rust-lang.org/nightly/rustc/platform-support.html for available targets");

    [Fact]
    public void with_a_rename_to_nothing() => Refuses(
        ManifestText.Small + "\n[renames.foo]\nto = \"bar\"\n",
        "server sent a broken manifest: missing package for the target of a rename bar");

    [Fact]
    public void of_a_version_that_is_not_ours() => Refuses(
        ManifestText.Small.Replace("manifest-version = \"2\"", "manifest-version = \"3\""),
        """
        error parsing manifest: TOML parse error at line 1, column 20
          |
        1 | manifest-version = "3"
          |                    ^^^
        unknown variant `3`, expected `2`

        """);

    [Fact]
    public void without_a_version() => Refuses(
        "date = \"2026-04-16\"",
        """
        error parsing manifest: TOML parse error at line 1, column 1
          |
        1 | date = "2026-04-16"
          | ^
        missing field `manifest-version`

        """);

    [Fact]
    public void that_does_not_say_whether_a_package_is_available() => Refuses(
        "manifest-version = \"2\"\ndate = \"2026-04-16\"\n[pkg.a]\nversion = \"1\"\n[pkg.a.target.b]\n",
        """
        error parsing manifest: TOML parse error at line 5, column 1
          |
        5 | [pkg.a.target.b]
          | ^^^^^^^^^^^^^^^^
        missing field `available`

        """);

    [Fact]
    public void with_a_value_of_another_type() => Refuses(
        ManifestText.Small.Replace("available = false", "available = \"x\""),
        """
        error parsing manifest: TOML parse error at line 20, column 13
           |
        20 | available = "x"
           |             ^^^
        invalid type: string "x", expected a boolean

        """);

    [Fact]
    public void that_says_something_twice() => Refuses(
        "manifest-version = \"2\"\ndate = \"a\"\ndate = \"b\"\n",
        """
        error parsing manifest: TOML parse error at line 3, column 1
          |
        3 | date = "b"
          | ^^^^
        duplicate key

        """);

    [Fact]
    public void that_is_no_toml() => Refuses(
        "hello",
        """
        error parsing manifest: TOML parse error at line 1, column 6
          |
        1 | hello
          |      ^
        key with no value, expected `=`

        """);

    [Fact]
    public void with_a_digest_that_is_none() => Refuses(
        ManifestText.Small.Replace(new string('3', 64), "zz"),
        "error parsing manifest: 'zz' is not a SHA-256 digest");

    private static void Refuses(string toml, string cause)
    {
        var error = Assert.Throws<StoreException>(() => ChannelManifest.Parse(toml, "/tmp/x.toml"));

        Assert.Equal(StoreErrorKind.Corrupt, error.Kind);
        Assert.Equal($"could not parse manifest file: '/tmp/x.toml': {cause}", error.MessageWithCauses());
    }
}
