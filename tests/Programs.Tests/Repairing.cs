using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>A toolchain that somebody damaged, as its user meets it.</summary>
public sealed class A_damaged_toolchain : ProgramTest
{
    private const string Advice = "help: run `rustup store verify --repair` to bring it back";

    public A_damaged_toolchain()
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "stable").ShouldSucceed();
    }

    [Theory]
    [InlineData("rustc --version")]
    [InlineData("rustup run stable rustc --version")]
    [InlineData("rustup which rustc")]
    public void whose_directory_is_gone_is_said_to_be_damaged_with_what_to_do(string command)
    {
        var words = command.Split(' ');
        Remove(TreeOf($"stable-{Host}"));

        var failed = Start(Path.Combine(Bin, words[0]), words[1..]).ShouldFail();

        Assert.Contains($"toolchain 'stable-{Host}' is damaged", failed.Error, StringComparison.Ordinal);
        Assert.Contains(Advice, failed.Error, StringComparison.Ordinal);
        Rustup("store", "verify", "--repair").ShouldSucceed();
        Start(Path.Combine(Bin, words[0]), words[1..]).ShouldSucceed();
    }

    [Theory]
    [InlineData("cargo --version"), InlineData("rustup run stable cargo --version")]
    public void whose_tool_nobody_may_execute_is_said_to_be_damaged_with_what_to_do(string command)
    {
        var words = command.Split(' ');
        File.SetUnixFileMode(Path.Combine(TreeOf($"stable-{Host}"), "bin", "cargo"), UnixFileMode.UserRead | UnixFileMode.UserWrite);

        var failed = Start(Path.Combine(Bin, words[0]), words[1..]).ShouldFail();

        Assert.Contains("cargo' is damaged: its mode was changed", failed.Error, StringComparison.Ordinal);
        Assert.Contains(Advice, failed.Error, StringComparison.Ordinal);
        Rustup("store", "verify", "--repair").ShouldSucceed();
        Start(Path.Combine(Bin, words[0]), words[1..]).ShouldSucceed();
    }

    [Fact]
    public void whose_tool_is_gone_is_said_to_be_repairable()
    {
        Remove(Path.Combine(TreeOf($"stable-{Host}"), "bin", "rustc"));

        var failed = Proxy("rustc", "--version").ShouldFail();

        Assert.Contains("`rustup store verify --repair` brings it back", failed.Error, StringComparison.Ordinal);
        Rustup("store", "verify", "--repair").ShouldSucceed();
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void whose_file_was_edited_in_place_is_found_by_its_bytes_and_repaired_without_being_asked_for_them()
    {
        var file = Path.Combine(TreeOf($"stable-{Host}"), "bin", "cargo");
        var (whole, mode, time) = (File.ReadAllText(file), File.GetUnixFileMode(file), File.GetLastWriteTimeUtc(file));
        File.SetUnixFileMode(file, mode | UnixFileMode.UserWrite);
        File.WriteAllText(file, whole.Replace('e', 'f'));
        File.SetUnixFileMode(file, mode);
        File.SetLastWriteTimeUtc(file, time);

        Assert.Contains("but for bytes, which `--contents` compares", Rustup("store", "verify").ShouldSucceed().Error, StringComparison.Ordinal);
        Rustup("store", "verify", "--contents").ShouldFail();
        Rustup("store", "verify", "--repair").ShouldSucceed();

        Assert.Equal(whole, File.ReadAllText(Path.Combine(TreeOf($"stable-{Host}"), "bin", "cargo")));
        Rustup("store", "verify", "--contents").ShouldSucceed();
    }

    [Fact]
    public void that_cannot_be_fetched_is_named_and_whole_again_when_it_can()
    {
        Remove(Path.Combine(TreeOf($"stable-{Host}"), "bin", "rustc"));
        var components = Directory.GetFiles(Path.Combine(RustupHome, "store", "components"), "rustc", SearchOption.AllDirectories);
        Remove(Assert.Single(components, path => path.EndsWith("/bin/rustc", StringComparison.Ordinal)));
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";

        var failed = Rustup("store", "verify", "--repair").ShouldFail(1);

        Assert.Contains("component rustc", failed.Output, StringComparison.Ordinal);
        Assert.Contains("not repaired", failed.Output, StringComparison.Ordinal);
        Variables["RUSTUP_DIST_SERVER"] = Mirror.FileUrl;
        Rustup("store", "verify", "--repair").ShouldSucceed();
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void journal_is_rebuilt_and_what_was_there_is_named()
    {
        File.WriteAllText(Path.Combine(RustupHome, "store", "journal.db"), "no database");

        var repaired = Rustup("store", "verify", "--repair").ShouldSucceed();

        var kept = Assert.Single(Directory.GetDirectories(Path.Combine(RustupHome, "store"), "damaged-*"));
        Assert.Contains($"what was there is in '{kept}'", repaired.Output, StringComparison.Ordinal);
        Assert.Contains("no operation is remembered", Rustup("store", "log").ShouldSucceed().Error, StringComparison.Ordinal);
        Proxy("rustc", "--version").ShouldSucceed();
    }

    private void Remove(string path) => Start("/bin/rm", "-rf", path).ShouldSucceed();
}
