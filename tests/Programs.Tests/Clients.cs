using System.Text.RegularExpressions;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>What editors and scripts call, and how they read the answers. Real tools are run by tests/lab/clients.</summary>
public sealed partial class A_client_of_rustup : ProgramTest
{
    [Fact]
    public void finds_the_compiler_the_sysroot_and_the_components_as_editors_do()
    {
        Rustup("default", "stable").ShouldSucceed();

        var compiler = Rustup("which", "rustc").ShouldSucceed().Output.TrimEnd('\n');
        Assert.Equal(Path.Combine(RustupHome, "toolchains", $"stable-{Host}", "bin", "rustc"), compiler);
        Assert.Equal($"rustc 1.91.0 (hash-s1 2026-01-01)\n", Start(compiler, "--version").ShouldSucceed().Output);
        Assert.True(Directory.Exists(Proxy("rustc", "--print", "sysroot").ShouldSucceed().Output.TrimEnd('\n')));
        Assert.Contains($"rust-std-{Host}\n", Rustup("component", "list", "--installed").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Equal($"stable-{Host} (default)\n", Rustup("show", "active-toolchain").ShouldSucceed().Output);
    }

    [Fact]
    public void is_told_how_to_get_rust_analyzer_and_runs_the_one_on_path_until_then()
    {
        Rustup("default", "stable").ShouldSucceed();
        Assert.Equal(
            $"error: unknown binary 'rust-analyzer' in toolchain 'stable-{Host}'\n", Rustup("which", "rust-analyzer").ShouldFail().Error);
        var other = Directory.CreateDirectory(Folder["other"]).FullName;
        WriteTool(Path.Combine(other, "rust-analyzer"), "echo another $RUSTUP_TOOLCHAIN_SOURCE");
        Variables["PATH"] = $"{Bin}:{other}:/usr/bin:/bin";

        var borrowed = Proxy("rust-analyzer").ShouldSucceed();
        Assert.Equal("another default\n", borrowed.Output);
        Assert.Equal(
            $"info: `rust-analyzer` is unavailable for the active toolchain\ninfo: falling back to \"{other}/rust-analyzer\"\n", borrowed.Error);

        Rustup("component", "add", "rust-analyzer").ShouldSucceed();
        Assert.StartsWith("rust-analyzer 1.91.0", Proxy("rust-analyzer", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void reads_the_lists_with_its_patterns()
    {
        Rustup("toolchain", "install", "stable", "nightly", "--profile", "minimal").ShouldSucceed();

        Assert.Equal(
            [$"stable-{Host} active, default", $"nightly-{Host} "],
            LinesOf(Rustup("toolchain", "list")).Select(line => ToolchainLine().Match(line)).Select(match => $"{match.Groups[1]} {match.Groups[2]}"));
        Assert.All(LinesOf(Rustup("toolchain", "list", "-v")), line => Assert.True(Directory.Exists(line.Split(' ')[^1]), line));
        Assert.Equal(
            ["cargo", "rust-std", "rustc"],
            LinesOf(Rustup("component", "list")).Where(line => line.EndsWith($"-{Host} (installed)", StringComparison.Ordinal))
                .Select(line => line[..line.IndexOf($"-{Host}", StringComparison.Ordinal)]));
        Assert.Equal([$"{Host} (installed)"], LinesOf(Rustup("target", "list")).Where(line => line.Contains('(', StringComparison.Ordinal)));
    }

    [Fact]
    public void reads_the_updates_with_its_pattern()
    {
        Rustup("toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);

        var line = Assert.Single(LinesOf(Rustup("check", "--no-self-update").ShouldFail(100)));
        var update = UpdateLine().Match(line);
        Assert.True(update.Success, line);
        Assert.Equal(
            ($"nightly-{Host}", "1.94.0-nightly (hash-n1 2026-01-01)", "1.95.0-nightly (hash-n2 2026-01-02)"),
            (update.Groups["name"].Value, update.Groups["old"].Value, update.Groups["new"].Value));
    }

    [Fact]
    public void tries_one_version_after_the_other()
    {
        foreach (var version in (string[])["1.91.0", "1.91"])
        {
            Rustup("toolchain", "install", version, "--profile", "minimal").ShouldSucceed();
            Assert.Equal("cargo check\n", Rustup("run", version, "cargo", "check").ShouldSucceed().Output);
            Assert.Equal($"{version}-{Host}\n", Rustup("run", version, "cargo", "--env", "RUSTUP_TOOLCHAIN").ShouldSucceed().Output);
        }
        Assert.Equal(1, Rustup("toolchain", "install", "1.12.0", "--profile", "minimal").ExitCode);
        Assert.Equal(1, Rustup("run", "1.12.0", "cargo", "check").ExitCode);
    }

    [Fact]
    public void links_what_it_built_and_overrides_a_directory()
    {
        Directory.CreateDirectory(Folder["stage1/lib"]);
        Directory.CreateDirectory(Folder["stage1/bin"]);
        WriteTool(Folder["stage1/bin/rustc"], "echo \"rustc stage1 $RUSTUP_TOOLCHAIN $RUSTUP_TOOLCHAIN_SOURCE\"");
        WorkingDirectory = Folder.Path;

        Rustup("toolchain", "link", "stage1", "stage1").ShouldSucceed();
        Rustup("override", "set", "stage1").ShouldSucceed();

        Assert.Equal("rustc stage1 stage1 path-override\n", Proxy("rustc", "--version").ShouldSucceed().Output);
        Assert.Equal($"stage1 (active) {Folder["stage1"]}\n", Rustup("toolchain", "list", "-v").ShouldSucceed().Output);
    }

    [Fact]
    public void that_is_cargo_itself_passes_its_choice_on()
    {
        Rustup("default", "stable").ShouldSucceed();
        Rustup("toolchain", "install", "beta", "--profile", "minimal").ShouldSucceed();
        Variables["CARGO"] = Path.Combine(Bin, "cargo");

        Assert.Equal("cli\n", Proxy("cargo", "+beta", "--env", "RUSTUP_TOOLCHAIN_SOURCE").ShouldSucceed().Output);
        Assert.StartsWith("rustc 1.93.0-beta", Proxy("cargo", "+beta", "call", "rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Equal(
            Path.Combine(TreeOf($"stable-{Host}"), "bin", "cargo") + "\n", Proxy("cargo", "--env", "CARGO").ShouldSucceed().Output);
    }

    private static IEnumerable<string> LinesOf(Outcome outcome) => outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static void WriteTool(string path, string script)
    {
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [GeneratedRegex(@"^(\S+)(?: \(([a-z, ]+)\))?$")]
    private static partial Regex ToolchainLine();

    [GeneratedRegex(@"^(?<name>\S+) - update available: (?<old>.+) -> (?<new>.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex UpdateLine();
}
