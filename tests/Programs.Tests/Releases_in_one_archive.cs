using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>Commands where the server is from before there were manifests of version 2.</summary>
public sealed class A_release_in_one_archive : ProgramTest
{
    private const string Refusal = $"error: toolchain 'nightly-{Host}' does not support components (v1 manifest)\n";

    public A_release_in_one_archive()
    {
        Mirror.Withdraw("dist");
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 1);
    }

    [Fact]
    public void is_installed_and_run()
    {
        var installed = Rustup("toolchain", "install", "nightly", "-c", "clippy", "-t", RustPackages.OtherTarget).ShouldSucceed();

        Assert.Equal($"\n  nightly-{Host} installed - rustc 1.94.0-nightly (hash-n1 2026-01-01)\n\n", installed.Output);
        Assert.Equal(
            $"info: syncing channel updates for nightly-{Host}\ninfo: installing component rust\ninfo: default toolchain set to nightly-{Host}\n",
            installed.Error);
        Assert.Equal("cargo 1.94.0-nightly (hash-n1 2026-01-01)\n", Proxy("cargo", "--version").ShouldSucceed().Output);
        Assert.Equal($"nightly-{Host} (active, default)\n", Rustup("toolchain", "list").Output);
    }

    [Fact]
    public void is_installed_anew_by_an_update_as_rustup_says()
    {
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 2);

        Assert.Equal(
            $"\n  nightly-{Host} installed - rustc 1.95.0-nightly (hash-n2 2026-01-02)\n\n", Rustup("update").ShouldSucceed().Output);
        Assert.Equal(
            $"\n  nightly-{Host} unchanged - rustc 1.95.0-nightly (hash-n2 2026-01-02)\n\n", Rustup("update").ShouldSucceed().Output);
    }

    [Theory]
    [InlineData("component list")]
    [InlineData("component list --installed")]
    [InlineData("component add clippy")]
    [InlineData("component remove rustc")]
    [InlineData("target list")]
    [InlineData("target add wasm32-unknown-unknown")]
    [InlineData("target add all")]
    [InlineData("target remove wasm32-unknown-unknown")]
    [InlineData("run nightly rustfmt")]
    [InlineData("run nightly cargo-clippy")]
    public void has_no_components(string command)
    {
        Rustup("toolchain", "install", "nightly").ShouldSucceed();

        var outcome = Rustup(command.Split(' ')).ShouldFail();

        Assert.Equal(("", Refusal), (outcome.Output, outcome.Error));
    }

    [Fact]
    public void is_shown_no_further_than_its_targets_would_come()
    {
        Rustup("toolchain", "install", "nightly").ShouldSucceed();

        var outcome = Rustup("show").ShouldFail();

        Assert.Equal(
            ($"Default host: {Host}\nrustup home:  {RustupHome}\n\n", Refusal), (outcome.Output, outcome.Error));
    }

    [Fact]
    public void serves_a_project_that_asks_for_components()
    {
        WorkingDirectory = Folder["project"];
        Directory.CreateDirectory(WorkingDirectory);
        File.WriteAllText(
            Path.Combine(WorkingDirectory, "rust-toolchain.toml"),
            $"[toolchain]\nchannel = \"nightly\"\ncomponents = [\"clippy\"]\ntargets = [\"{RustPackages.OtherTarget}\"]\n");

        Proxy("rustc", "--version").ShouldSucceed();
        var again = Proxy("rustc", "--version").ShouldSucceed();

        Assert.Equal(("rustc 1.94.0-nightly (hash-n1 2026-01-01)\n", ""), (again.Output, again.Error));
    }

    [Theory]
    [InlineData("download/after-first-bytes")]
    [InlineData("download/before-rename")]
    [InlineData("install/after-unpack")]
    [InlineData("install/before-sync")]
    [InlineData("publish/before-rename")]
    [InlineData("publish/after-rename@2")]
    [InlineData("journal/after-commit")]
    [InlineData("view/before-link")]
    public void killed_at_any_moment_needs_nothing_but_to_be_installed_again(string moment)
    {
        Variables[CrashPointVariable] = $"{moment}=kill";
        Assert.NotEqual(0, Rustup("toolchain", "install", "nightly").ExitCode);
        Variables.Remove(CrashPointVariable);

        Rustup("toolchain", "install", "nightly").ShouldSucceed();

        Assert.Equal("rustc 1.94.0-nightly (hash-n1 2026-01-01)\n", Proxy("rustc", "+nightly", "--version").ShouldSucceed().Output);
    }

    [Fact]
    public void that_an_update_overtakes_stays_while_it_runs()
    {
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        var tree = TreeOf($"nightly-{Host}");
        var compiler = Launch(Path.Combine(Bin, "rustc"), "--hold");
        WaitUntilHeld(tree);
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 2);

        Rustup("update").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.True(Directory.Exists(tree));
        Assert.Equal("released\n", Finish(compiler).ShouldSucceed().Output);
    }
}
