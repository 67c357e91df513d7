using System.Collections.Concurrent;
using System.Diagnostics;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>A tool that closes every descriptor it inherited has lost its lease; it is found by what else it shows.</summary>
public sealed class A_build_without_its_lease : ProgramTest
{
    private readonly string tree;
    private readonly Process build;

    public A_build_without_its_lease()
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
        tree = TreeOf($"nightly-{Host}");
        build = Launch(Path.Combine(Bin, "cargo"), "close-all", "rustc", "--print", "sysroot");
        Assert.Equal("closed", build.StandardOutput.ReadLine());
        Assert.Empty(Processes.ListHolders(Path.Combine(tree, ".lease")));
    }

    [Theory]
    [InlineData("update nightly")]
    [InlineData("component remove clippy")]
    [InlineData("toolchain uninstall nightly")]
    public void keeps_its_files_and_its_compiler_when_it_is_overtaken_and_collected(string command)
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup(command.Split(' ')).ShouldSucceed();

        var collection = CollectEverything().ShouldSucceed();

        Assert.Contains($"keeping tree {Path.GetFileName(tree)[..12]}: in use by bash (process {build.Id})", collection.Error, StringComparison.Ordinal);
        var sysroot = Finish(build).ShouldSucceed().Output.Trim();
        Assert.True(sysroot == tree || command == "component remove clippy", sysroot);
        CollectEverything().ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    [Fact]
    public void is_named_by_a_dry_run_too()
    {
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        var preview = Rustup("store", "gc", "--dry-run", "--older-than", "0d").ShouldSucceed();

        Assert.Contains($"in use by bash (process {build.Id})", preview.Error, StringComparison.Ordinal);
        Finish(build).ShouldSucceed();
    }

    [Fact]
    public void of_another_store_keeps_nothing_in_this_one()
    {
        Finish(build).ShouldSucceed();
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        Variables["RUSTUP_STORE_PINNED_TREE"] = $"{new string('0', 32)}:nightly-{Host}:{Path.GetFileName(tree)}";
        var elsewhere = Launch("/bin/sleep", "60");
        Variables.Remove("RUSTUP_STORE_PINNED_TREE");

        CollectEverything().ShouldSucceed();

        Assert.False(Directory.Exists(tree));
        Kill(elsewhere);
    }

    [Fact]
    public void is_seen_although_an_installation_comes_between_look_and_collection()
    {
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        Finish(build).ShouldSucceed();
        var collection = LaunchUntil("collect/after-processes-seen", Path.Combine(Bin, "rustup"), "store", "gc", "--older-than", "0d");
        // Named again, run from, and taken away again, all after the look.
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        var second = Launch(Path.Combine(Bin, "cargo"), "close-all", "true");
        Assert.Equal("closed", second.StandardOutput.ReadLine());
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        var outcome = FinishStopped(collection).ShouldSucceed();

        Assert.Contains($"in use by bash (process {second.Id})", outcome.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(tree));
        Finish(second).ShouldSucceed();
    }
}

/// <summary>From the commit on that takes a name away, no process starts from it.</summary>
public sealed class A_name_that_is_taken_away : ProgramTest
{
    private readonly string notInstalled =
        $"error: toolchain 'nightly-{Host}' is not installed\nhelp: run `rustup toolchain install` to install it\n";

    public A_name_that_is_taken_away()
    {
        Variables["RUSTUP_AUTO_INSTALL"] = "0";
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
    }

    [Theory]
    [InlineData("lease/after-lookup")]
    [InlineData("lease/after-lock")]
    public void is_noticed_by_a_proxy_that_had_looked_it_up_before(string moment)
    {
        var proxy = LaunchUntil(moment, Path.Combine(Bin, "rustc"), "--version");
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.Equal(notInstalled, FinishStopped(proxy).ShouldFail().Error);
    }

    [Theory]
    [InlineData("lease/after-lookup")]
    [InlineData("lease/after-lock")]
    public void is_noticed_by_a_proxy_whose_component_went(string moment)
    {
        var proxy = LaunchUntil(moment, Path.Combine(Bin, "cargo-clippy"), "--version");
        Rustup("component", "remove", "clippy").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.Equal(
            $"error: 'cargo-clippy' is not installed for the toolchain 'nightly-{Host}'.\nhelp: run `rustup component add clippy` to install it\n",
            FinishStopped(proxy).ShouldFail().Error);
    }

    [Fact]
    public async Task is_run_by_nobody_afterwards_and_never_half()
    {
        const int Rounds = 3, Runners = 3;
        var runs = new ConcurrentBag<(long Started, Outcome Outcome)>();
        var absences = new List<(long From, long To)>();
        using var isOver = new CancellationTokenSource();
        var runners = Enumerable.Range(0, Runners).Select(_ => Task.Run(() =>
        {
            while (!isOver.IsCancellationRequested)
            {
                var started = Stopwatch.GetTimestamp();
                runs.Add((started, Proxy("rustc", "--version")));
            }
        })).ToList();

        for (var round = 0; round < Rounds; round++)
        {
            Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
            var gone = Stopwatch.GetTimestamp();
            CollectEverything().ShouldSucceed();
            absences.Add((gone, Stopwatch.GetTimestamp()));
            Rustup("toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();
        }
        await isOver.CancelAsync();
        await Task.WhenAll(runners);

        Assert.All(runs, run => Assert.True(
            run.Outcome == new Outcome(0, "rustc 1.94.0-nightly (hash-n1 2026-01-01)\n", "")
                || run.Outcome == new Outcome(1, "", notInstalled),
            $"{run.Outcome}"));
        var between = runs.Where(run => absences.Exists(absence => run.Started > absence.From && run.Started < absence.To)).ToList();
        Assert.NotEmpty(between);
        Assert.DoesNotContain(between, run => run.Outcome.ExitCode == 0);
    }

    [Theory]
    [InlineData("component add rust-src")]
    [InlineData("component remove clippy")]
    [InlineData("target add wasm32-unknown-unknown")]
    public void fails_a_command_that_was_changing_it(string command)
    {
        var change = LaunchUntil("install/before-publish", Path.Combine(Bin, "rustup"), [.. command.Split(' '), "--toolchain", "nightly"]);
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        var failed = FinishStopped(change).ShouldFail();

        Assert.EndsWith(
            $"error: toolchain 'nightly-{Host}' is not installed\nhelp: run `rustup toolchain install nightly-{Host}` to install it\n",
            failed.Error, StringComparison.Ordinal);
        Assert.Empty(Rustup("toolchain", "list", "-q").Output.Replace("no installed toolchains\n", "", StringComparison.Ordinal));
    }

    [Fact]
    public void is_not_brought_back_by_an_update_of_everything()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        var update = LaunchUntil("install/before-publish", Path.Combine(Bin, "rustup"), "update");
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        FinishStopped(update);

        Assert.Equal("no installed toolchains\n", Rustup("toolchain", "list").ShouldSucceed().Output);
    }
}
