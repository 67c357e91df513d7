using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;
using Xunit;

namespace ToolchainStore.Tests.Toolchains;

public sealed class The_settings_file
{
    private const string Path = "/home/settings.toml";

    /// <summary>Written by rustup 1.29.0.</summary>
    private const string WrittenByRustup = """"
        version = "12"
        default_host_triple = "x86_64-unknown-linux-musl"
        default_toolchain = "custom"
        profile = "minimal"
        pgp_keys = """
        a
        b"""
        auto_self_update = "check-only"
        auto_install = "disable"

        [overrides]
        "''" = "custom"
        '/dirs/"""' = "custom"
        "/dirs/#h" = "custom"
        "/dirs/'''" = "custom"
        '/dirs/b\s' = "custom"
        "/dirs/b\\s'q" = "custom"
        "/dirs/both\"'" = "custom"
        "/dirs/c\u0001x" = "custom"
        "/dirs/cr\rx" = "custom"
        "/dirs/del\u007Fx" = "custom"
        "/dirs/it's" = "custom"
        "/dirs/nl\nq\"x" = "custom"
        "/dirs/nl\nx" = "custom"
        '/dirs/q"x' = "custom"
        "/dirs/tab\tx" = "custom"
        "/dirs/é" = "custom"
        3 = "it's"
        4 = 'q"x'
        'C:\x' = "custom"
        "a b" = "custom"
        plain-key_1 = "custom"
        "rel.key" = "custom"

        """";

    [Fact]
    public void comes_out_as_rustup_writes_it() =>
        Assert.Equal(WrittenByRustup, SettingsFile.Format(SettingsFile.Parse(WrittenByRustup, Path)));

    [Fact]
    public void of_a_new_home_has_only_a_version() =>
        Assert.Equal("version = \"12\"\n\n[overrides]\n", SettingsFile.Format(Settings.Initial));

    [Theory]
    [InlineData("a\nb", "\"\"\"\na\nb\"\"\"")]
    [InlineData("\na", "\"\"\"\n\na\"\"\"")]
    [InlineData("a\tb", "\"a\\tb\"")]
    [InlineData("a\t\"b", "'a\t\"b'")]
    [InlineData("a\n\"b", "\"\"\"\na\n\"b\"\"\"")]
    [InlineData("a\n\\b", "'''\na\n\\b'''")]
    [InlineData("a\n'''\\", "\"\"\"\na\n'''\\\\\"\"\"")]
    [InlineData("a\n'\\", "'''\na\n'\\'''")]
    [InlineData("a\r\nb", "\"\"\"\na\\r\nb\"\"\"")]
    [InlineData("a\"\"\"b\nc", "'''\na\"\"\"b\nc'''")]
    [InlineData("\u0001", "\"\\u0001\"")]
    [InlineData("a\\", "'a\\'")]
    [InlineData("\u0001\"\\", "\"\\u0001\\\"\\\\\"")]
    [InlineData("\n\"\"\"'''\\", "\"\"\"\n\n\"\"\\\"'''\\\\\"\"\"")]
    [InlineData("\u007f", "\"\\u007F\"")]
    [InlineData("", "\"\"")]
    [InlineData("it's", "\"it's\"")]
    [InlineData("it's \"\"\"", "'''it's \"\"\"'''")]
    [InlineData("'''\\", "\"'''\\\\\"")]
    [InlineData("'\\", "''''\\'''")]
    [InlineData("\"'", "\"\"\"\"'\"\"\"")]
    public void quotes_a_value_in_the_plainest_way(string value, string quoted)
    {
        var text = SettingsFile.Format(Settings.Initial with { PgpKeys = value });

        Assert.Equal($"version = \"12\"\npgp_keys = {quoted}\n\n[overrides]\n", text);
        Assert.Equal(value, SettingsFile.Parse(text, Path).PgpKeys);
    }

    [Fact]
    public void is_read_whatever_else_it_holds()
    {
        var settings = SettingsFile.Parse(
            """
            version="12"
            unknown=1
            release_hint="disable"
            auto_install="enable"
            overrides={"/b"="x", "/a"="y"}
            [foo]
            x=1
            """,
            Path);

        Assert.Equal(["/a", "/b"], settings.Overrides.Keys);
        Assert.True(settings.AutoInstall);
        Assert.Null(settings.Profile);
    }

    [Fact]
    public void may_use_the_later_name_for_the_host()
    {
        Assert.Equal("a", SettingsFile.Parse("version='12'\ndefault_host_tuple='a'", Path).DefaultHost);
        Assert.Equal(
            "a", SettingsFile.Parse("version='12'\ndefault_host_triple='a'\ndefault_host_tuple='b'", Path).DefaultHost);
    }

    [Fact]
    public void of_an_old_home_asks_for_an_upgrade()
    {
        var settings = SettingsFile.Parse("version=\"2\"\n", Path);

        Assert.Equal(
            "rustup's metadata is out of date. run `rustup self upgrade-data`",
            Assert.Throws<StoreException>(settings.RequireCurrentVersion).Message);
    }

    [Theory]
    [InlineData("", 1, 1, "^", "missing field `version`")]
    [InlineData("default_toolchain=\"x\"", 1, 1, "^", "missing field `version`")]
    [InlineData("version=\"99\"", 1, 9, "^^^^", "unknown variant `99`, expected `2` or `12`")]
    [InlineData("version=12", 1, 9, "^^", "wanted string or table")]
    [InlineData("version=\"12\"\nprofile=\"nope\"", 2, 9, "^^^^^^",
        "unknown variant `nope`, expected one of `minimal`, `default`, `complete`")]
    [InlineData("version=\"12\"\nauto_install=\"maybe\"", 2, 14, "^^^^^^^", "unknown variant `maybe`, expected `enable` or `disable`")]
    [InlineData("version=\"12\"\nauto_self_update=\"bad\"", 2, 18, "^^^^^",
        "unknown variant `bad`, expected one of `enable`, `disable`, `check-only`")]
    [InlineData("bad toml", 1, 5, "^", "key with no value, expected `=`")]
    public void that_is_wrong_shows_where(string text, int line, int column, string marks, string error)
    {
        var shown = text.Split('\n')[line - 1];
        var frame = $"TOML parse error at line {line}, column {column}\n  |\n{line} | {shown}\n"
            + $"  | {new string(' ', column - 1)}{marks}\n{error}\n";

        Assert.Equal(
            $"could not parse settings file: '{Path}'\nhelp: correct it, or run `rustup store verify --repair`, which writes it anew from what the store remembers"
            + $": error parsing settings: {frame}",
            Assert.Throws<StoreException>(() => SettingsFile.Parse(text, Path)).MessageWithCauses());
    }
}
