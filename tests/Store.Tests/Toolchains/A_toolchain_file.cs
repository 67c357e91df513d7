using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;
using Xunit;

namespace ToolchainStore.Tests.Toolchains;

public sealed class A_toolchain_file
{
    private const string Older = "/project/rust-toolchain";
    private const string Newer = "/project/rust-toolchain.toml";
    private const string Unparsed = "could not parse override file: '{0}': {1}";
    private const string Empty =
        "empty toolchain override file detected. Please remove it, or else specify the desired toolchain properties in the file";

    private static readonly string absolutePath = OperatingSystem.IsWindows() ? "C:/x" : "/x";

    [Fact]
    public void may_leave_its_profile_empty() =>
        Assert.Null(ToolchainFile.Parse("[toolchain]\nchannel = \"stable\"\nprofile = \"\"\n", Newer).Profile);

    [Theory]
    [InlineData("[toolchain\n", "unclosed table, expected `]`")]
    [InlineData("[toolchain]\nchannel = stable\n", "string values must be quoted, expected literal string")]
    [InlineData("[toolchain]\nchannel = \"stable\n", "invalid basic string, expected `\"`")]
    public void says_what_is_wrong_in_the_words_that_people_know(string text, string reason) => Assert.Contains(
        $"\n{reason}\n", Assert.Throws<StoreException>(() => ToolchainFile.Parse(text, Newer)).MessageWithCauses(), StringComparison.Ordinal);

    [Theory]
    [InlineData(Older, "nightly")]
    [InlineData(Older, " nightly \n")]
    [InlineData(Older, "nightly\r\n")]
    [InlineData(Older, "nightly/\n")]
    [InlineData(Older, "[toolchain]\nchannel = \"nightly\"")]
    [InlineData(Older, "\n[toolchain]\nchannel = 'nightly'\n")]
    [InlineData(Newer, "[toolchain]\nchannel = \"nightly\"\nunknown = 1\n[other]\nx = [{ y = 1 }]\n")]
    [InlineData(Newer, "toolchain = { channel = \"nightly\" }")]
    [InlineData(Newer, "toolchain.channel = \"nightly\"")]
    public void names_a_release(string path, string text) => Assert.Equal(
        "nightly",
        ToolchainFile.Parse(text, path).Toolchain is RequestedToolchain.Official { Name: var name } ? name.Text : null);

    [Theory]
    [InlineData(Older, "custom", "custom")]
    [InlineData(Older, "stable-foo", "stable-foo")]
    [InlineData(Older, "[toolchain]", "[toolchain]")]
    [InlineData(Newer, "[toolchain]\nchannel = \" nightly\"", " nightly")]
    public void names_a_link(string path, string text, string link) => Assert.Equal(
        link,
        ToolchainFile.Parse(text, path).Toolchain is RequestedToolchain.Custom { Name: var name } ? name.Text : null);

    [Fact]
    public void names_a_path()
    {
        var expected = new RequestedToolchain.AtPath(absolutePath);

        Assert.Equal(expected, ToolchainFile.Parse(absolutePath + "\n", Older).Toolchain);
        Assert.Equal(expected, ToolchainFile.Parse($"[toolchain]\npath = '{absolutePath}'\n", Newer).Toolchain);
    }

    [Fact]
    public void adds_to_the_toolchain()
    {
        var file = ToolchainFile.Parse(
            """
            [toolchain]
            channel = "1.95"
            components = ["rustfmt", "rust-src"]
            targets = ["wasm32-unknown-unknown"]
            profile = "minimal"
            """,
            Newer);

        Assert.Equal(["rustfmt", "rust-src"], file.Components);
        Assert.Equal(["wasm32-unknown-unknown"], file.Targets);
        Assert.Equal(Profile.Minimal, file.Profile);
    }

    [Theory]
    [InlineData("[toolchain]\ncomponents = []\n")]
    [InlineData("[toolchain]\ntargets = [\"x\"]\n")]
    public void may_leave_the_toolchain_to_the_default(string text) =>
        Assert.Null(ToolchainFile.Parse(text, Newer).Toolchain);

    [Theory]
    [InlineData(Older, "")]
    [InlineData(Older, "\n")]
    [InlineData(Older, "  \n")]
    [InlineData(Newer, "")]
    public void that_is_empty_is_refused(string path, string text) =>
        Refuses(text, path, string.Format(Unparsed, path, Empty));

    [Theory]
    [InlineData("[toolchain]\n")]
    [InlineData("[toolchain]\nprofile = \"minimal\"\n")]
    [InlineData("[toolchain]\nfoo = 1\n")]
    public void that_asks_for_nothing_is_refused(string text) => Refuses(
        text, Newer, string.Format(Unparsed, Newer, "missing toolchain properties in toolchain override file"));

    [Fact]
    public void with_a_bare_name_must_be_of_the_older_kind() => RefusesToml(
        "nightly",
        """
        TOML parse error at line 1, column 8
          |
        1 | nightly
          |        ^
        key with no value, expected `=`

        """);

    [Fact]
    public void without_its_table_is_refused() => RefusesToml(
        "[other]\nx=1\n",
        """
        TOML parse error at line 1, column 1
          |
        1 | [other]
          | ^
        missing field `toolchain`

        """);

    [Theory]
    [InlineData("channel=1", 9, "        ^", "invalid type: integer `1`, expected a string")]
    [InlineData("components=\"x\"", 12, "           ^^^", "invalid type: string \"x\", expected a sequence")]
    [InlineData("components=[1]", 13, "            ^", "invalid type: integer `1`, expected a string")]
    public void with_a_value_of_another_type_is_refused(string line, int column, string mark, string error) => RefusesToml(
        $"[toolchain]\n{line}\n",
        $"TOML parse error at line 2, column {column}\n  |\n2 | {line}\n  | {mark}\n{error}\n");

    [Fact]
    public void that_says_something_twice_is_refused() => RefusesToml(
        "[toolchain]\nchannel=\"a\"\nchannel=\"b\"\n",
        "TOML parse error at line 3, column 1\n  |\n3 | channel=\"b\"\n  | ^^^^^^^\nduplicate key\n");

    [Theory]
    [InlineData("channel = \"nightly\"\npath = \"/x\"", "cannot specify both channel (nightly) and path (/x) simultaneously")]
    [InlineData("channel = \"nightly\"\npath = \"\"", "cannot specify both channel (nightly) and path () simultaneously")]
    [InlineData("path = \"/x\"\ncomponents = []", "toolchain options are ignored for path toolchain (/x)")]
    [InlineData("path = \"/x\"\ntargets = []", "toolchain options are ignored for path toolchain (/x)")]
    [InlineData("path = \"/x\"\nprofile = \"minimal\"", "toolchain options are ignored for path toolchain (/x)")]
    [InlineData("path = \"a/b\"", "relative path toolchain 'a/b'")]
    [InlineData("path = \"./\"", "relative path toolchain './'")]
    [InlineData("path = \"custom\"", "invalid path toolchain 'custom'")]
    [InlineData("path = \"\"", "invalid path toolchain ''")]
    [InlineData("channel = \"\"", "invalid toolchain name detected in override file '/project/rust-toolchain.toml'")]
    [InlineData("channel = \"none\"", "invalid toolchain name detected in override file '/project/rust-toolchain.toml'")]
    [InlineData("channel = \"a/b\"\nprofile = \"nope\"", "invalid toolchain name detected in override file '/project/rust-toolchain.toml'")]
    [InlineData("channel = \"+nightly\"", "invalid toolchain name detected in override file '/project/rust-toolchain.toml'")]
    [InlineData("channel = \"nightly\"\nprofile = \"nope\"", "unknown profile name: 'nope'; valid profile names are: minimal, default, complete")]
    public void that_contradicts_itself_is_refused(string lines, string error) =>
        Refuses($"[toolchain]\n{lines}\n", Newer, error);

    private static void RefusesToml(string text, string cause) => Refuses(
        text, Newer, string.Format(Unparsed, Newer, $"error parsing override file: {cause}"));

    private static void Refuses(string text, string path, string error) => Assert.Equal(
        error, Assert.Throws<StoreException>(() => ToolchainFile.Parse(text, path)).MessageWithCauses());
}
