using System.Text.Json.Nodes;
using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>What a collection takes, leaves and says, asked for or not.</summary>
public sealed class Collecting : ProgramTest
{
    private readonly ITestOutputHelper log;

    public Collecting(ITestOutputHelper log)
    {
        this.log = log;
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
    }

    [Fact]
    public void leaves_a_program_that_has_only_the_path_what_was_replaced_for_a_week()
    {
        // What an editor does: it asks once, and holds nothing.
        var sysroot = Proxy("rustc", "--print", "sysroot").ShouldSucceed().Output.Trim();
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();

        var collection = Rustup("store", "gc", "--older-than", "0m").ShouldSucceed();

        Assert.Contains($"info: keeping generation nightly-{Host} 1: was replaced less than 7 days ago\n", collection.Error, StringComparison.Ordinal);
        Assert.Contains("1.94.0-nightly", Start(Path.Combine(sysroot, "bin", "rustc"), "--version").ShouldSucceed().Output, StringComparison.Ordinal);

        Rustup("store", "gc", "--keep-days", "0").ShouldSucceed();
        Assert.False(Directory.Exists(sysroot));
    }

    [Fact]
    public void leaves_it_nothing_of_what_was_uninstalled()
    {
        var sysroot = Proxy("rustc", "--print", "sysroot").ShouldSucceed().Output.Trim();

        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        Assert.False(Directory.Exists(sysroot));
    }

    [Theory]
    [InlineData("cargo"), InlineData("rustc")]
    public void knows_from_the_file_system_when_a_proxy_last_used_a_toolchain(string tool)
    {
        var tree = TreeOf($"nightly-{Host}");
        foreach (var file in new[] { ".lease", "bin/rustc" })
        {
            File.SetLastAccessTimeUtc(Path.Combine(tree, file), DateTime.UnixEpoch);
        }
        if (ReadLastUse() is not { } before)
        {
            var reason = $"SKIPPED {nameof(knows_from_the_file_system_when_a_proxy_last_used_a_toolchain)}: the file system does not note when files are read";
            Console.WriteLine(reason);
            log.WriteLine(reason);
            return;
        }
        Assert.Equal(DateTime.UnixEpoch, before);

        Proxy(tool, "--version").ShouldSucceed();

        Assert.InRange(ReadLastUse()!.Value, DateTime.UtcNow.AddDays(-1), DateTime.UtcNow);
    }

    [Fact]
    public void is_not_needed_for_the_store_to_know_that_a_command_was_killed()
    {
        Variables[CrashPointVariable] = "install/after-unpack=kill";
        Rustup("toolchain", "install", "beta").ShouldFail(128 + 9);
        Variables.Remove(CrashPointVariable);

        Assert.DoesNotContain("running: ", Rustup("store", "status").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.DoesNotContain("downloading: ", Rustup("store", "status").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Matches(@"^\S+ \S+  [0-9a-f]{12}  install +aborted ", Rustup("store", "log").ShouldSucceed().Output);
    }

    private DateTime? ReadLastUse() => (DateTime?)JsonNode.Parse(Rustup("store", "status", "--json").ShouldSucceed().Output)!["toolchains"]![0]!["last_used_at"] is { } time
        ? time.ToUniversalTime()
        : null;

    [Fact]
    public void says_what_would_go_and_why_and_how_much_that_is()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();

        var preview = Rustup("store", "gc", "--dry-run", "--keep-days", "0").ShouldSucceed();

        Assert.Contains($"would delete generation nightly-{Host} 1: was replaced\n", preview.Output, StringComparison.Ordinal);
        Assert.Matches(@"would delete tree [0-9a-f]{64}: no toolchain uses it, \S+ (Ki)?B\n", preview.Output);
        Assert.Matches(@"info: \S+ (Ki)?B would be freed\n$", preview.Error);
    }

    [Theory]
    [InlineData("--older-than", "soon"), InlineData("--older-than", "2147483647d")]
    [InlineData("--unused-for", "30"), InlineData("--keep-days", "99999999"), InlineData("--keep-generations", "many")]
    public void refuses_what_is_no_amount(string option, string value) =>
        Assert.Contains($"invalid value '{value}'", Rustup("store", "gc", option, value).ShouldFail().Error, StringComparison.Ordinal);

    [Fact]
    public void happens_by_itself_once_a_day_after_an_update()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Variables["RUSTUP_STORE_BACKGROUND"] = "1";
        Rustup("update", "nightly").ShouldSucceed();
        var old = Directory.GetDirectories(Path.Combine(RustupHome, "store", "toolchains"))
            .Single(tree => tree != TreeOf($"nightly-{Host}"));
        // As it is eight days later: the last collection, and what was replaced, are that old.
        ChangeJournal(
            $"UPDATE store SET value = value - {8 * 86400000L} WHERE key = 'collection_started_at';"
            + $"UPDATE generation SET retired_at = retired_at - {8 * 86400000L} WHERE retired_at IS NOT NULL");

        Rustup("update", "nightly").ShouldSucceed();

        WaitFor("the collection", () => !Directory.Exists(old)
            && Rustup("store", "log", "--json").Output.Contains("\"collect\"", StringComparison.Ordinal));
    }

    private void ChangeJournal(string sql)
    {
        using var connection = new Microsoft.Data.Sqlite.SqliteConnection(
            $"Data Source={Path.Combine(RustupHome, "store", "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
    }
}
