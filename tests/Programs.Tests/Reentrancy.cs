using System.Diagnostics;
using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>
/// <c>cargo run</c> of a program that runs rustup on the toolchain it was built with: every ancestor holds the lease, so
/// whoever waited for it would wait for ever.
/// </summary>
public sealed class A_program_that_cargo_runs : ProgramTest
{
    // A lease is waited for at most 10 s, the journal 60 s: whoever waits for an ancestor takes longer than this.
    private static readonly TimeSpan shorterThanAnyWait = TimeSpan.FromSeconds(9);

    private readonly ITestOutputHelper log;

    public A_program_that_cargo_runs(ITestOutputHelper log)
    {
        this.log = log;
        Rustup("default", "nightly").ShouldSucceed();
        Variables["RUSTUP_AUTO_INSTALL"] = "0";
        SmallMirror.AdvanceTo(Mirror, 2);
    }

    public static TheoryData<string, bool> Commands
    {
        get
        {
            var commands = new TheoryData<string, bool>();
            foreach (var command in new[]
            {
                "toolchain install stable", "toolchain install nightly", "component add rust-src", "component remove clippy",
                $"target add {RustPackages.OtherTarget}", "update nightly", "update", "toolchain uninstall nightly",
                "store gc --older-than 0d --keep-generations 0",
            })
            {
                commands.Add(command, false);
            }
            // Where nothing survives the command, it collects before it returns: a tree that its ancestors hold.
            commands.Add("toolchain uninstall nightly", true);
            return commands;
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void changes_its_own_toolchain_without_waiting_for_an_ancestor(string command, bool collectsAtOnce)
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = collectsAtOnce ? "0" : "1";

        // The shell stays as rustup's parent, as a program does that waits for it; then the build goes on.
        var build = Timed(() => Proxy("cargo", "call", "sh", "-c", $"rustup {command} >&2 && rustc --print sysroot && cargo-clippy --version"));

        if (command is "component remove clippy" or "toolchain uninstall nightly")
        {
            // Only what cargo itself calls is bound to the build's tree; a subcommand is looked up anew.
            Assert.Contains("is not installed", build.ShouldFail().Error, StringComparison.Ordinal);
        }
        else
        {
            build.ShouldSucceed();
        }
        Assert.StartsWith(Path.Combine(RustupHome, "store", "toolchains"), build.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("toolchain install stable")]
    [InlineData("component add rust-src")]
    [InlineData("update nightly")]
    [InlineData("toolchain uninstall nightly")]
    public void may_be_ten_proxies_deep(string command)
    {
        const int Depth = 10;
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        var before = TreeOf($"nightly-{Host}");
        // Every level waits for the one below and then compiles: with the compiler that the build began with.
        File.WriteAllText(Folder["deeper"], $$"""
            #!/bin/sh
            if [ "$1" -gt 1 ]; then
                {{Bin}}/cargo call sh "$0" $(($1 - 1)) || exit
            else
                rustup {{command}} >&2 || exit
            fi
            rustc -vV
            rustc --print sysroot

            """);

        var build = Timed(() => Proxy("cargo", "call", "sh", Folder["deeper"], $"{Depth}")).ShouldSucceed();

        var lines = build.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var compilers = lines.Where(line => line.StartsWith("rustc ", StringComparison.Ordinal)).ToList();
        Assert.Equal(Enumerable.Repeat("rustc 1.94.0-nightly (hash-n1 2026-01-01)", Depth), compilers);
        CollectEverything().ShouldSucceed();
        Assert.Equal(command == "toolchain install stable", Directory.Exists(before));
    }

    private Outcome Timed(Func<Outcome> run)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = run();
        var taken = Stopwatch.GetElapsedTime(started);
        log.WriteLine($"{taken.TotalMilliseconds:0} ms");
        Assert.True(taken < shorterThanAnyWait, $"{taken}\n{outcome.Output}\n{outcome.Error}");
        return outcome;
    }
}
