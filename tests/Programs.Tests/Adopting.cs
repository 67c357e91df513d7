namespace ToolchainStore.Tests.Programs;

/// <summary>A home that a plain rustup made: its toolchains run where they are until they are adopted, without a gap.</summary>
public sealed class Adopting : ProgramTest
{
    private const string Guard = "\n[[components]]\npkg = \"toolchain-store\"\ntarget = \"*\"\nis_extension = false\n";

    private readonly string view;

    public Adopting()
    {
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        view = Path.Combine(RustupHome, "toolchains", $"stable-{Host}");
        BecomeForeign();
    }

    [Fact]
    public void everything_works_before_it()
    {
        Assert.StartsWith("rustc 1.91.0", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Equal($"stable-{Host} (active, default)\n", Rustup("toolchain", "list").ShouldSucceed().Output);
        Assert.Contains($"clippy-{Host} (installed)\n", Rustup("component", "list").ShouldSucceed().Output);
        Assert.Contains("rust-src\n", Rustup("component", "list").ShouldSucceed().Output);
        Assert.Equal($"{Host}\n", Rustup("target", "list", "--installed").ShouldSucceed().Output);
        Assert.StartsWith($"stable-{Host} - up to date: 1.91.0", Rustup("check").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains($"stable-{Host}  not of this store; run where it is\n", Rustup("store", "status").ShouldSucceed().Output);
        Assert.True(new FileInfo(view).LinkTarget is null);
    }

    [Fact]
    public void says_what_it_did()
    {
        File.WriteAllText(Path.Combine(view, "mine"), "");

        var outcome = Rustup("store", "adopt").ShouldSucceed();

        Assert.Equal($"stable-{Host} adopted - 6 components\n", outcome.Output);
        Assert.StartsWith("warn: 1 file of no component kept in '", outcome.Error, StringComparison.Ordinal);
        Assert.EndsWith("':\nwarn:   mine\n", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("info: there is no toolchain to adopt\n", Rustup("store", "adopt").ShouldSucceed().Error);
        Assert.Equal($"info: stable-{Host} is in the store already\n", Rustup("store", "adopt", "stable").ShouldSucceed().Error);
        Assert.Contains($"toolchain 'beta-{Host}' is not installed", Rustup("store", "adopt", "beta").ShouldFail().Error);
    }

    [Fact]
    public void says_what_it_did_to_programs_too()
    {
        File.WriteAllText(Path.Combine(view, "mine"), "");

        var result = DescribedJson.Parse("store-adopt", Rustup("store", "adopt", "--json").ShouldSucceed().Output);

        Assert.Equal($"stable-{Host}", (string)result["adopted"]![0]!["name"]!);
        Assert.Empty(DescribedJson.Parse("store-adopt", Rustup("store", "adopt", "--json").ShouldSucceed().Output)["adopted"]!.AsArray());
    }

    [Fact]
    public void stays_where_the_change_that_asked_for_it_is_undone()
    {
        var before = Rustup("component", "list", "--installed").ShouldSucceed().Output;
        Rustup("component", "add", "rust-src").ShouldSucceed();

        var undo = Rustup("store", "undo").ShouldSucceed();

        Assert.Contains($"stable-{Host} restored - ", undo.Output, StringComparison.Ordinal);
        Assert.Equal(before, Rustup("component", "list", "--installed").ShouldSucceed().Output);
        Assert.StartsWith("rustc 1.91.0", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void begins_the_history_of_a_toolchain()
    {
        Assert.Contains("help: if a rustup installed it, run `rustup store adopt", Rustup("toolchain", "history", "stable").ShouldFail().Error, StringComparison.Ordinal);
        Rustup("store", "adopt").ShouldSucceed();

        Assert.Matches(@"\n  \d+  \S+ \S+  adopt +rustc 1\.91\.0 .*\(current\)\n", Rustup("toolchain", "history", "stable").ShouldSucceed().Output);
        Assert.Contains("there is no generation of", Rustup("toolchain", "rollback", "stable").ShouldFail().Error, StringComparison.Ordinal);
        Assert.Contains("took over what another rustup had installed", Rustup("store", "undo").ShouldFail().Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task has_no_moment_without_a_tool()
    {
        string[] names = ["stable", "beta", "1.70.0", "1.71.0", "1.72.0"];
        foreach (var name in names.Skip(1))
        {
            CopyTree(view, Path.Combine(RustupHome, "toolchains", $"{name}-{Host}"));
        }
        using var isOver = new CancellationTokenSource();
        var rounds = 0;
        var runner = Task.Run(() =>
        {
            for (; !isOver.IsCancellationRequested; rounds++)
            {
                foreach (var name in names)
                {
                    Proxy("rustc", $"+{name}", "--version").ShouldSucceed();
                    // What a plain rustup's proxy would execute.
                    Start(Path.Combine(RustupHome, "toolchains", $"{name}-{Host}", "bin", "rustc"), "--version").ShouldSucceed();
                }
            }
        });
        WaitFor("the first round", () => rounds > 0 || runner.IsCompleted);

        Rustup("store", "adopt").ShouldSucceed();
        var adopted = rounds;
        WaitFor("a round after it", () => rounds > adopted + 1 || runner.IsCompleted);
        await isOver.CancelAsync();
        await runner;

        Assert.All(names, name => Assert.NotNull(new FileInfo(Path.Combine(RustupHome, "toolchains", $"{name}-{Host}")).LinkTarget));
    }

    [Theory]
    [InlineData("operation/after-lock")]
    [InlineData("install/before-sync")]
    [InlineData("install/before-publish")]
    [InlineData("publish/before-rename")]
    [InlineData("publish/after-rename")]
    [InlineData("view/before-link")]
    [InlineData("view/after-link")]
    public void killed_at_any_moment_needs_nothing_but_another_command(string moment)
    {
        Variables[CrashPointVariable] = $"{moment}=kill";
        Assert.NotEqual(0, Rustup("store", "adopt").ExitCode);
        Variables.Remove(CrashPointVariable);
        Proxy("rustc", "--version").ShouldSucceed();
        Start(Path.Combine(view, "bin", "rustc"), "--version").ShouldSucceed();

        Rustup("store", "adopt").ShouldSucceed();

        Assert.NotNull(new FileInfo(view).LinkTarget);
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void happens_when_a_toolchain_file_wants_more()
    {
        WorkingDirectory = Directory.CreateDirectory(Folder["project"]).FullName;
        File.WriteAllText(Folder["project/rust-toolchain.toml"], "[toolchain]\nchannel = \"stable\"\ncomponents = [\"clippy\"]\n");
        Proxy("rustc", "--version").ShouldSucceed();
        Assert.Null(new FileInfo(view).LinkTarget);
        File.WriteAllText(Folder["project/rust-toolchain.toml"], "[toolchain]\nchannel = \"stable\"\ncomponents = [\"rust-src\"]\n");

        var outcome = Proxy("rustc", "--version").ShouldSucceed();

        Assert.Contains($"info: adopting stable-{Host}, which another rustup installed\n", outcome.Error);
        Assert.True(Directory.Exists(Path.Combine(view, "lib", "rustlib", "src")));
    }

    [Fact]
    public void of_what_a_plain_rustup_installs_later_is_possible_too()
    {
        Rustup("store", "adopt").ShouldSucceed();
        var later = Path.Combine(RustupHome, "toolchains", $"beta-{Host}");
        CopyTree(view, later);
        MakePlain(later);

        Assert.Equal($"stable-{Host} (active, default)\nbeta-{Host}\n", Rustup("toolchain", "list").ShouldSucceed().Output);
        Assert.Contains($"beta-{Host}  not of this store", Rustup("store", "status").ShouldSucceed().Output);
        Assert.Equal($"beta-{Host} adopted - 6 components\n", Rustup("store", "adopt").ShouldSucceed().Output);
        Rustup("toolchain", "uninstall", "beta").ShouldSucceed();
    }

    /// <summary>The installed toolchain as a plain rustup would have left it, and a store that knows nothing of it.</summary>
    private void BecomeForeign()
    {
        var copy = Folder["plain"];
        CopyTree(view, copy);
        MakePlain(copy);
        Rustup("toolchain", "uninstall", "stable").ShouldSucceed();
        CollectEverything().ShouldSucceed();
        Directory.Move(copy, view);
        Directory.CreateDirectory(Path.Combine(RustupHome, "update-hashes"));
        File.WriteAllText(
            Path.Combine(RustupHome, "update-hashes", $"stable-{Host}"),
            File.ReadAllText(Folder["mirror/dist/channel-rust-stable.toml.sha256"])[..20]);
    }

    private static void MakePlain(string toolchain)
    {
        var metadata = Path.Combine(toolchain, "lib", "rustlib");
        File.Delete(Path.Combine(metadata, "manifest-toolchain-store"));
        Edit(Path.Combine(metadata, "components"), "toolchain-store\n");
        Edit(Path.Combine(metadata, "multirust-config.toml"), Guard);
        File.Delete(Path.Combine(toolchain, ".lease"));
    }

    private static void Edit(string path, string removed)
    {
        var text = File.ReadAllText(path).Replace(removed, "", StringComparison.Ordinal);
        File.Delete(path);
        File.WriteAllText(path, text);
    }

    private void CopyTree(string source, string target) =>
        Start("/bin/cp", "-rL", source + "/.", target).ShouldSucceed();
}
