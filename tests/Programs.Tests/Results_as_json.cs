using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>What commands print with <c>--json</c>, against docs/json.schema.json.</summary>
public sealed class Results_as_json : ProgramTest
{
    public Results_as_json()
    {
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();
        Rustup("component", "add", "rust-src").ShouldSucceed();
        Rustup("toolchain", "keep", "nightly").ShouldSucceed();
    }

    [Theory]
    [InlineData("toolchain-history", "toolchain history nightly")]
    [InlineData("toolchain-rollback", "toolchain rollback nightly")]
    [InlineData("toolchain-rollback", "toolchain rollback nightly 3")]
    [InlineData("toolchain-keep", "toolchain keep nightly 1 --as good")]
    [InlineData("toolchain-keep", "toolchain keep nightly --release")]
    [InlineData("store-status", "store status")]
    [InlineData("store-log", "store log")]
    [InlineData("store-undo", "store undo")]
    [InlineData("store-verify", "store verify --contents")]
    [InlineData("store-verify", "store verify --repair")]
    [InlineData("store-export", "store export EXPORT/")]
    [InlineData("store-doctor", "store doctor")]
    [InlineData("store-gc", "store gc --dry-run --keep-days 0")]
    [InlineData("store-gc", "store gc --keep-generations 0 --older-than 0d --unused-for 1d")]
    [InlineData("store-freeze", "store freeze")]
    [InlineData("store-convert", "store convert --journal=rollback")]
    [InlineData("store-report", "store report")]
    public void are_as_their_schema_says(string name, string command)
    {
        WorkingDirectory = Folder.Path;

        var result = Rustup([.. command.Split(' '), "--json"]).ShouldSucceed();

        DescribedJson.Parse(name, result.Output);
    }

    [Fact]
    public void say_what_is_shared_and_what_a_collection_would_free()
    {
        Rustup("toolchain", "install", "1.91.0").ShouldSucceed();
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        Rustup("store", "gc", "--keep-days", "0").ShouldSucceed();
        Rustup("toolchain", "install", "beta", "--profile", "minimal").ShouldSucceed();
        Rustup("component", "add", "clippy", "--toolchain", "beta").ShouldSucceed();

        var status = DescribedJson.Parse("store-status", Rustup("store", "status", "--json").ShouldSucceed().Output);
        var freed = DescribedJson.Parse("store-gc", Rustup("store", "gc", "--json").ShouldSucceed().Output);
        var freedLater = DescribedJson.Parse("store-gc", Rustup("store", "gc", "--keep-days", "0", "--json").ShouldSucceed().Output);

        var toolchains = status["toolchains"]!.AsArray().ToDictionary(toolchain => (string)toolchain!["name"]!, toolchain => toolchain!);
        Assert.All(toolchains[$"1.91.0-{Host}"]["components"]!.AsArray(), component =>
            Assert.Equal([$"stable-{Host}"], component!["shared_with"]!.AsArray().Select(name => (string)name!)));
        Assert.Equal(0, (long)toolchains[$"1.91.0-{Host}"]["own_bytes"]!);
        Assert.All(toolchains[$"beta-{Host}"]["components"]!.AsArray(), component => Assert.Empty(component!["shared_with"]!.AsArray()));
        Assert.Equal((long)toolchains[$"beta-{Host}"]["bytes"]!, (long)toolchains[$"beta-{Host}"]["own_bytes"]!);
        Assert.Equal((long)status["reclaimable_bytes"]!, (long)freed["freed_bytes"]!);
        Assert.Equal((long)status["reclaimable_later_bytes"]!, (long)freedLater["freed_bytes"]!);
        Assert.True((long)freedLater["freed_bytes"]! > 0, "there is the tree without clippy");
    }

    [Fact]
    public void name_who_runs_from_what_was_replaced()
    {
        var old = TreeOf($"nightly-{Host}");
        using var build = Launch(Path.Combine(Bin, "rustc"), "--hold");
        WaitUntilHeld(old);
        Rustup("component", "remove", "rust-src").ShouldSucceed();

        var status = DescribedJson.Parse("store-status", Rustup("store", "status", "--json").ShouldSucceed().Output);

        var lease = Assert.Single(status["leases"]!.AsArray())!;
        Assert.Equal(Path.GetFileName(old), (string)lease["tree"]!);
        Assert.Empty(lease["toolchains"]!.AsArray());
        Assert.Contains(lease["processes"]!.AsArray(), process => (int)process!["id"]! == build.Id);
        Finish(build).ShouldSucceed();
    }

    [Fact]
    public void name_what_runs_and_what_it_downloads()
    {
        using var install = LaunchUntil("download/after-first-bytes", Path.Combine(Bin, "rustup"), "toolchain", "install", "beta");

        var status = DescribedJson.Parse("store-status", Rustup("store", "status", "--json").ShouldSucceed().Output);

        var operation = Assert.Single(status["operations"]!.AsArray())!;
        Assert.Equal(("install", "running"), ((string)operation["kind"]!, (string)operation["outcome"]!));
        Assert.Contains(status["downloads"]!.AsArray(), download => (long)download!["received_bytes"]! > 0);
        FinishStopped(install).ShouldSucceed();
    }

    [Fact]
    public void say_what_was_damaged_and_what_became_of_it()
    {
        var compiler = Path.Combine(TreeOf($"stable-{Host}"), "bin", "cargo");
        File.SetUnixFileMode(compiler, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(compiler, "rotten");

        var found = DescribedJson.Parse("store-verify", Rustup("store", "verify", "--contents", "--json").ShouldFail().Output);
        var repaired = DescribedJson.Parse("store-verify", Rustup("store", "verify", "--contents", "--repair", "--json").ShouldSucceed().Output);

        Assert.Contains(found["findings"]!.AsArray(), finding =>
            ((string)finding!["kind"]!, (string)finding["outcome"]!, (bool)finding["is_problem"]!) == ("component", "found", true));
        Assert.Contains(repaired["findings"]!.AsArray(), finding =>
            ((string)finding!["kind"]!, (string)finding["outcome"]!, (bool)finding["is_problem"]!) == ("component", "repaired", false));
    }

    [Fact]
    public void say_what_was_imported()
    {
        var export = Folder["export.tar"];
        var exported = DescribedJson.Parse("store-export", Rustup("store", "export", export, "stable", "--json").ShouldSucceed().Output);
        Assert.Equal(export, (string)exported["path"]!);
        Variables["RUSTUP_HOME"] = Folder["another"];

        foreach (var outcome in new[] { "imported", "unchanged" })
        {
            var toolchain = Assert.Single(
                DescribedJson.Parse("store-import", Rustup("store", "import", export, "--json").ShouldSucceed().Output)["toolchains"]!.AsArray())!;
            Assert.Equal(($"stable-{Host}", outcome), ((string)toolchain["name"]!, (string)toolchain["outcome"]!));
        }
    }

    [Fact]
    public void are_not_there_when_the_command_fails()
    {
        var refused = Rustup("toolchain", "rollback", "nightly", "99", "--json").ShouldFail();

        Assert.Equal("", refused.Output);
        Assert.StartsWith("error: ", refused.Error, StringComparison.Ordinal);
    }
}
