using System.Diagnostics;
using Microsoft.Data.Sqlite;
using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>Who only looks something up waits for nobody, whoever was stopped or killed wherever.</summary>
public sealed class A_reader : ProgramTest
{
    private static readonly TimeSpan atOnce = TimeSpan.FromSeconds(5);

    private readonly ITestOutputHelper log;

    public A_reader(ITestOutputHelper log)
    {
        this.log = log;
        Variables["RUSTUP_AUTO_INSTALL"] = "0";
        Rustup("toolchain", "install", "stable", "nightly", "--profile", "minimal").ShouldSucceed();
        Rustup("default", "stable").ShouldSucceed();
    }

    [Theory]
    [InlineData("override set nightly --path /somewhere", "journal/before-commit")]
    [InlineData("toolchain install beta --profile minimal", "publish/after-rename@3")]
    [InlineData("toolchain install beta --profile minimal", "view/after-link")]
    [InlineData("default nightly", "settings/before-rename")]
    [InlineData("default nightly", "settings/after-rename")]
    public void does_not_wait_for_a_writer_that_is_stopped_inside_its_transaction(string command, string moment)
    {
        var writer = LaunchUntil(moment, Path.Combine(Bin, "rustup"), command.Split(' '));
        RequireBlocked();

        var active = command == "default nightly" ? "nightly" : "stable";
        LookUpEverything(active);

        FinishStopped(writer).ShouldSucceed();
    }

    [Fact]
    public void of_a_settings_toml_that_was_edited_meanwhile_reads_it_itself()
    {
        var settings = Path.Combine(RustupHome, "settings.toml");
        var writer = LaunchUntil("journal/before-commit", Path.Combine(Bin, "rustup"), "override", "set", "stable", "--path", "/somewhere");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("stable", "nightly", StringComparison.Ordinal));

        Assert.Contains("hash-n1", AtOnce("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);

        FinishStopped(writer).ShouldSucceed();
        Assert.Equal($"nightly-{Host} (default)\n", Rustup("default").Output);
        Assert.Contains("/somewhere", Rustup("override", "list").Output, StringComparison.Ordinal);
    }

    public static TheoryData<string> CollectorMoments =>
    [
        "collect/after-processes-seen", "collect/after-tree-doomed", "collect/before-tree-discarded", "collect/after-tree-discarded",
        "collect/after-component-doomed", "collect/before-trash-emptied",
    ];

    [Theory]
    [MemberData(nameof(CollectorMoments))]
    public void does_not_wait_for_a_collector_that_is_stopped(string moment)
    {
        // A tree that a name led to until the update, so that the name itself is there to be looked up.
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();
        var collector = LaunchUntil(moment, Path.Combine(Bin, "rustup"), "store", "gc", "--older-than", "0d", "--keep-generations", "0");

        LookUpEverything("stable");
        Assert.Contains("hash-n2", AtOnce("rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("hash-n2", AtOnce("rustup", "run", "nightly", "rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);

        FinishStopped(collector).ShouldSucceed();
    }

    [Theory]
    [InlineData("collect/after-processes-seen")]
    [InlineData("collect/after-tree-doomed")]
    [InlineData("collect/after-component-doomed")]
    [InlineData("collect/before-trash-emptied")]
    public void finds_what_was_installed_again_while_its_collector_is_stopped(string moment)
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        var collector = LaunchUntil(moment, Path.Combine(Bin, "rustup"), "toolchain", "uninstall", "nightly");
        Assert.Contains("is not installed", AtOnce("rustc", "+nightly", "--version").ShouldFail().Error, StringComparison.Ordinal);

        AtOnce("rustup", "toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();

        Assert.Contains("hash-n1", AtOnce("rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        FinishStopped(collector).ShouldSucceed();
        Assert.Contains("hash-n1", AtOnce("rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void recovers_the_log_of_a_killed_writer()
    {
        var log = Path.Combine(RustupHome, "store", "journal.db-wal");
        // Committed, and not yet moved into the database: whoever is killed moves nothing.
        Kill(LaunchUntil("install/before-publish", Path.Combine(Bin, "rustup"), "toolchain", "install", "beta", "--profile", "minimal"));
        Kill(LaunchUntil("settings/before-rename", Path.Combine(Bin, "rustup"), "default", "nightly"));
        var committed = new FileInfo(log).LastWriteTimeUtc;
        using (var writer = new SqliteConnection($"Data Source={RustupHome}/store/journal.db;Pooling=False"))
        {
            writer.Open();
            // A cache of one page spills: what is not committed is in the log already.
            Execute(writer, "PRAGMA cache_size=1; BEGIN IMMEDIATE; UPDATE setting SET value = 'lost'; "
                + "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) "
                + "INSERT INTO override (path, toolchain) SELECT '/' || i || hex(zeroblob(300)), 'lost' FROM n");
            Assert.True(new FileInfo(log).LastWriteTimeUtc > committed, "nothing spilled");
            // What a kill leaves at this moment is what a copy sees, but for the locks.
            Start("/bin/cp", "-a", RustupHome, Folder["killed"]).ShouldSucceed();
        }
        Variables["RUSTUP_HOME"] = Folder["killed"];

        Assert.Contains("hash-n1", AtOnce("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        LookUpEverything("nightly");

        Rustup("override", "set", "stable", "--path", "/somewhere").ShouldSucceed();
        Assert.DoesNotContain("lost", Rustup("override", "list").Output, StringComparison.Ordinal);
        Rustup("store", "verify").ShouldSucceed();
    }

    private void LookUpEverything(string active)
    {
        var stamp = active == "stable" ? "hash-s1" : "hash-n1";
        Assert.Contains(stamp, AtOnce("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains(stamp, AtOnce("cargo", "call", "rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains(stamp, AtOnce("rustup", "run", active, "rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains($"name: {active}-{Host}\n", AtOnce("rustup", "show").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Equal($"{active}-{Host} (default)\n", AtOnce("rustup", "show", "active-toolchain").ShouldSucceed().Output);
        Assert.EndsWith($"/toolchains/{active}-{Host}/bin/rustc\n", AtOnce("rustup", "which", "rustc").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains($"stable-{Host}", AtOnce("rustup", "toolchain", "list").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("rustc", AtOnce("rustup", "component", "list", "--installed").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains(active, AtOnce("rustup", "default").ShouldSucceed().Output, StringComparison.Ordinal);
        AtOnce("rustup", "override", "list").ShouldSucceed();
        AtOnce("rustup", "store", "status").ShouldSucceed();
    }

    /// <summary>The premise: a second writer cannot come in.</summary>
    private void RequireBlocked()
    {
        using var writer = new SqliteConnection($"Data Source={RustupHome}/store/journal.db;Pooling=False;Default Timeout=1");
        writer.Open();
        var refused = Assert.Throws<SqliteException>(() => writer.BeginTransaction(deferred: false));
        const int Busy = 5;
        Assert.Equal(Busy, refused.SqliteErrorCode);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private Outcome AtOnce(string program, params string[] arguments)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = Proxy(program, arguments);
        var taken = Stopwatch.GetElapsedTime(started);
        log.WriteLine($"{taken.TotalMilliseconds,5:0} ms  {program} {string.Join(' ', arguments)}");
        Assert.True(taken < atOnce, $"{program} {string.Join(' ', arguments)} took {taken}");
        return outcome;
    }
}
