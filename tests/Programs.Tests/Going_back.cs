using System.Diagnostics;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>A bad nightly: history, rollback, keep, undo and log as their user sees them.</summary>
public sealed class Going_back : ProgramTest
{
    private const string Old = "rustc 1.94.0-nightly (hash-n1 2026-01-01)";
    private const string New = "rustc 1.95.0-nightly (hash-n2 2026-01-02)";

    public Going_back()
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();
    }

    [Fact]
    public void says_what_it_did_in_the_words_of_an_update()
    {
        var rollback = Rustup("toolchain", "rollback", "nightly").ShouldSucceed();

        Assert.Equal($"\n  nightly-{Host} rolled back - {Old} (from {New})\n\n", rollback.Output);
        Assert.Equal(
            $"info: generation 3 of nightly-{Host} is what generation 1 was\n"
            + "info: `rustup update` follows the channel again; `rustup store undo` takes the rollback back\n",
            rollback.Error);
        Assert.Equal(Old + "\n", Proxy("rustc", "+nightly", "--version").Output);
        Assert.Contains($"nightly-{Host} had been set back to generation 1", Rustup("update", "nightly").ShouldSucceed().Error, StringComparison.Ordinal);
        Assert.Equal(New + "\n", Proxy("rustc", "+nightly", "--version").Output);
    }

    [Fact]
    public void works_without_the_server()
    {
        Directory.Delete(Mirror.Root, recursive: true);

        Rustup("toolchain", "rollback", "nightly").ShouldSucceed();
        Assert.Equal(Old + "\n", Proxy("rustc", "+nightly", "--version").Output);
        Rustup("store", "undo").ShouldSucceed();
        Assert.Equal(New + "\n", Proxy("rustc", "+nightly", "--version").Output);
    }

    [Fact]
    public void leaves_a_build_on_the_newer_one_to_its_end()
    {
        var newer = TreeOf($"nightly-{Host}");
        Rustup("default", "nightly").ShouldSucceed();
        using var build = Launch(Path.Combine(Bin, "cargo"), "then", "rustc", "--print", "sysroot");
        WaitUntilHeld(newer);

        var started = Stopwatch.GetTimestamp();
        Rustup("toolchain", "rollback", "nightly").ShouldSucceed();
        var elapsed = Stopwatch.GetElapsedTime(started);
        CollectEverything().ShouldSucceed();

        Assert.Equal(newer + "\n", Finish(build).ShouldSucceed().Output);
        // A tenth of a second where nothing else runs, which here much else does.
        Assert.True(elapsed < TimeSpan.FromSeconds(2), $"{elapsed}");
    }

    [Fact]
    public void is_a_line_for_each_generation()
    {
        Rustup("toolchain", "keep", "nightly", "1", "--as", "the good one").ShouldSucceed();
        Rustup("toolchain", "rollback", "nightly", "the good one").ShouldSucceed();

        var lines = Rustup("toolchain", "history", "nightly").ShouldSucceed().Output.Split('\n');

        Assert.Equal($"nightly-{Host}", lines[0]);
        Assert.Matches($@"^  3  \d{{4}}-\d\d-\d\d \d\d:\d\d  rollback  {Escaped(Old)}  \(current, 1 again\)$", lines[1]);
        Assert.Matches($@"^  2  \S+ \S+  update    {Escaped(New)}$", lines[2]);
        Assert.Matches($@"^  1  \S+ \S+  install   {Escaped(Old)}  \(kept as 'the good one'\)$", lines[3]);
    }

    [Fact]
    public void to_what_was_collected_says_what_can_be_done()
    {
        CollectEverything().ShouldSucceed();

        var refused = Rustup("toolchain", "rollback", "nightly", "1").ShouldFail();

        Assert.Equal("", refused.Output);
        Assert.Equal(
            $"error: generation 1 of 'nightly-{Host}' (1.94.0-nightly (hash-n1 2026-01-01)) was collected\n"
            + $"help: run `rustup toolchain install nightly-2026-01-01-{Host}` to download that release again\n"
            + "help: `rustup toolchain keep` keeps a generation from being collected\n",
            refused.Error);
    }

    [Theory]
    [InlineData("7", "a number")]
    [InlineData("", "nothing")]
    [InlineData("two\nlines", "not a line")]
    public void does_not_keep_under_what_cannot_be_told_from_something_else(string text, string reason)
    {
        var refused = Rustup("toolchain", "keep", "nightly", "--as", text).ShouldFail();

        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void is_undone_by_the_id_that_the_log_shows()
    {
        var line = Rustup("store", "log").ShouldSucceed().Output.Split('\n')[0];
        Assert.Matches(@"^\S+ \S+  [0-9a-f]{12}  update +succeeded  \d+\.\d s +[0-9.]+ (Ki|Mi)?B +rustup update nightly: nightly-\S+$", line);

        var undo = Rustup("store", "undo", line.Split("  ")[1]).ShouldSucceed();

        Assert.Equal($"\n  nightly-{Host} restored - {Old}\n\n", undo.Output);
        Assert.Matches(@"^info: undone: `rustup update nightly` of \S+ \S+\n$", undo.Error);
    }

    [Fact]
    public void takes_back_all_that_one_update_did()
    {
        Rustup("toolchain", "install", "beta", "stable", "--profile", "minimal").ShouldSucceed();
        var before = Rustup("toolchain", "list", "-v").ShouldSucceed().Output;
        string[] versions = [.. ReadVersions()];
        // The nightly of the third day lacks components.
        SmallMirror.AdvanceTo(Mirror, 3);
        SmallMirror.AdvanceTo(Mirror, 4);
        Rustup("update").ShouldSucceed();
        Assert.All(versions.Zip(ReadVersions()), pair => Assert.NotEqual(pair.First, pair.Second));

        var undo = Rustup("store", "undo").ShouldSucceed();

        Assert.Matches("^info: undone: `rustup update` of ", undo.Error);
        Assert.Equal(versions.Length, Count(undo.Output, " restored - "));
        Assert.Equal(versions, ReadVersions());
        Assert.Equal(before, Rustup("toolchain", "list", "-v").ShouldSucceed().Output);
    }

    private IEnumerable<string> ReadVersions() =>
        new[] { "stable", "beta", "nightly" }.Select(name => Proxy("rustc", "+" + name, "--version").ShouldSucceed().Output);

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [Fact]
    public void from_an_uninstall_is_over_at_once_where_nothing_runs_from_it()
    {
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        var refused = Rustup("store", "undo").ShouldFail();

        Assert.Contains("was collected", refused.Error, StringComparison.Ordinal);
        Assert.Contains($"help: run `rustup toolchain install nightly-2026-01-02-{Host}`", refused.Error, StringComparison.Ordinal);
    }

    private static string Escaped(string text) => System.Text.RegularExpressions.Regex.Escape(text);
}
