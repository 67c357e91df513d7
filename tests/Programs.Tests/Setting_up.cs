using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary><c>rustup-init</c>, again and again, at once and killed: what is on PATH always works.</summary>
public sealed class Setting_up_again : ProgramTest
{
    private const int Seed = 7;

    private static readonly string[] names =
    [
        "rustc", "rustdoc", "cargo", "rust-lldb", "rust-gdb", "rust-gdbgui", "rls", "cargo-clippy", "clippy-driver", "cargo-miri",
        "rust-analyzer", "rustfmt", "cargo-fmt",
    ];

    private readonly ITestOutputHelper log;

    public Setting_up_again(ITestOutputHelper log)
    {
        this.log = log;
        Rustup("toolchain", "install", "stable", "--profile", "complete").ShouldSucceed();
    }

    [Fact]
    public void a_day_after_an_installer_was_killed_removes_what_it_left_beside_profiles()
    {
        const string Unique = "0123456789abcdef0123456789abcdef";
        var profile = Folder[".profile"];
        var script = Path.Combine(Folder["cargo"], "env");
        string[] left = [$"{profile}.{Unique}.tmp", $"{script}.{Unique}.tmp"];
        string[] others = [$"{profile}.{Unique.Replace('0', '1')}.tmp", $"{profile}.tmp", $"{profile}.{Unique}.bak"];
        foreach (var path in left.Concat(others))
        {
            File.WriteAllText(path, "half");
        }
        foreach (var path in left.Concat(others.Skip(1)))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-2));
        }
        for (var installation = 0; installation < 2; installation++)
        {
            Start(Path.Combine(Published, "rustup-init"), "-y", "--default-toolchain", "none").ShouldSucceed();
        }

        Assert.All(left, path => Assert.False(File.Exists(path), path));
        Assert.All(others, path => Assert.True(File.Exists(path), path));
        Assert.Equal($". \"{script}\"\n", File.ReadAllText(profile));
    }

    [Fact]
    public async Task never_leaves_a_name_without_a_complete_program()
    {
        const int Kills = 12, AtOnce = 3;
        var random = new Random(Seed);
        var other = OtherVersion();
        var fresh = 0;
        using var isOver = new CancellationTokenSource();
        var runs = new ConcurrentQueue<(string Name, Outcome Outcome)>();
        var runner = Task.Run(() =>
        {
            for (var run = 0; !isOver.IsCancellationRequested; run++)
            {
                var name = run % (names.Length + 1) == 0 ? "rustup" : names[run % names.Length];
                runs.Enqueue((name, Proxy(name, "--version")));
            }
        });

        for (var kill = 0; kill < Kills; kill++)
        {
            // Both versions by turns, so that each of them replaces the other.
            var setups = Enumerable.Range(0, AtOnce).Select(number => SetUp(number % 2 == 0 ? Published : other)).ToList();
            // Not a wait for something: the moment is what is tried out.
            Thread.Sleep(random.Next(0, 250));
            setups.ForEach(Kill);
        }
        foreach (var moment in new[] { "setup/after-copy", "setup/after-rename", "setup/after-current", "setup/after-link", "setup/after-link@7" })
        {
            // Another version each time, so that there is something to publish.
            RequireKilledAt(moment, OtherVersion($"{++fresh}"));
            SetUpCompletely(Published);
        }
        Assert.All(Enumerable.Range(0, AtOnce).Select(_ => SetUp(Published)).ToList(), setup => Finish(setup).ShouldSucceed());
        await isOver.CancelAsync();
        await runner;

        log.WriteLine($"{runs.Count} runs");
        Assert.True(runs.Count > names.Length, "every name was tried");
        Assert.All(runs, run => Assert.True(IsComplete(run.Name, run.Outcome), $"{run.Name}: {run.Outcome}"));
    }

    [Theory]
    [InlineData("setup/after-copy")]
    [InlineData("setup/after-rename")]
    [InlineData("setup/after-current")]
    [InlineData("setup/after-link@3")]
    public void for_the_first_time_and_killed_leaves_only_whole_programs_and_can_be_repeated(string moment)
    {
        Directory.Delete(Folder["cargo"], recursive: true);
        RequireKilledAt(moment, Published);

        Assert.All(names.Append("rustup").Where(name => Path.Exists(Path.Combine(Bin, name))), name =>
            Assert.True(IsComplete(name, Proxy(name, "--version")), name));

        SetUpCompletely(Published);
        Assert.All(names.Append("rustup"), name => Assert.True(IsComplete(name, Proxy(name, "--version")), name));
    }

    [Fact]
    public void keeps_the_replaced_version_for_a_day_and_not_longer()
    {
        var first = CurrentVersion();
        Age(first);
        SetUpCompletely(OtherVersion());
        var second = CurrentVersion();
        Assert.NotEqual(first, second);

        Rustup("store", "gc").ShouldSucceed();
        Assert.True(Directory.Exists(first), "it was replaced just now");
        Age(first);
        Age(second);
        Rustup("store", "gc", "--dry-run").ShouldSucceed();
        Assert.True(Directory.Exists(first), "that was a dry run");
        Rustup("store", "gc").ShouldSucceed();

        Assert.False(Directory.Exists(first), "nobody has needed it for a day");
        Assert.True(Directory.Exists(second), "the current one is as old");
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void keeps_an_old_version_that_somebody_still_runs()
    {
        var first = CurrentVersion();
        var running = LaunchUntil("install/before-publish", Path.Combine(Bin, "rustup"), "toolchain", "install", "beta");
        SetUpCompletely(OtherVersion());
        Age(first);

        Rustup("store", "gc").ShouldSucceed();

        Assert.True(Directory.Exists(first));
        FinishStopped(running).ShouldSucceed();
        Rustup("store", "gc").ShouldSucceed();
        Assert.False(Directory.Exists(first));
    }

    [Fact]
    public void makes_a_version_current_again_that_a_sweep_was_about_to_remove()
    {
        var first = CurrentVersion();
        SetUpCompletely(OtherVersion());
        Age(first);
        // It has seen its version there, and holds the lock that keeps it there.
        var setup = LaunchUntil("setup/after-rename", Path.Combine(Published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none");

        Rustup("store", "gc").ShouldSucceed();

        Assert.True(Directory.Exists(first));
        FinishStopped(setup).ShouldSucceed();
        Assert.Equal(first, CurrentVersion());
        Proxy("rustc", "--version").ShouldSucceed();
    }

    private Process SetUp(string programs) =>
        Launch(Path.Combine(programs, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none");

    /// <summary>By env: the variable must not reach what else this test starts meanwhile.</summary>
    private void RequireKilledAt(string moment, string programs)
    {
        const int Killed = 128 + 9;
        Start(
            "/usr/bin/env", $"{CrashPointVariable}={moment}=kill",
            Path.Combine(programs, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none").ShouldFail(Killed);
    }

    private void SetUpCompletely(string programs) => Finish(SetUp(programs)).ShouldSucceed();

    /// <summary>Published programs that count as another version: one file more.</summary>
    private string OtherVersion(string name = "other")
    {
        var other = Directory.CreateDirectory(Folder[$"programs-{name}"]).FullName;
        foreach (var program in ProgramNames)
        {
            File.Copy(Path.Combine(Published, program), Path.Combine(other, program));
        }
        File.WriteAllText(Path.Combine(other, "notes"), $"version {name}\n");
        File.CreateSymbolicLink(Path.Combine(other, "rustup-init"), "rustup");
        return other;
    }

    private string CurrentVersion() => new DirectoryInfo(Path.Combine(Bin, ".rustup", "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;

    private static void Age(string version) => Directory.SetLastWriteTimeUtc(version, DateTime.UtcNow.AddDays(-2));

    /// <summary>What the name does when all is well: most tools are there, some no release has.</summary>
    private bool IsComplete(string name, Outcome outcome) => name switch
    {
        "rustup" => outcome.ExitCode == 0 && outcome.Output.StartsWith("rustup 1.29.0", StringComparison.Ordinal),
        "rust-lldb" or "rust-gdbgui" or "rls" or "cargo-miri" =>
            outcome.ExitCode == 1 && outcome.Error.StartsWith("error: ", StringComparison.Ordinal)
            && outcome.Error.Contains($"stable-{Host}", StringComparison.Ordinal),
        _ => outcome == new Outcome(0, $"{name} 1.91.0 (hash-s1 2026-01-01)\n", ""),
    };
}
