using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

public sealed class A_proxy : ProgramTest
{
    [Theory]
    [InlineData("rustc"), InlineData("rustdoc"), InlineData("cargo"), InlineData("rust-gdb")]
    [InlineData("cargo-clippy"), InlineData("clippy-driver"), InlineData("rustfmt"), InlineData("cargo-fmt")]
    public void runs_the_tool_of_the_default_toolchain(string tool)
    {
        Rustup("default", "stable").ShouldSucceed();

        Assert.Equal($"{tool} 1.91.0 (hash-s1 2026-01-01)\n", Proxy(tool, "--version").ShouldSucceed().Output);
    }

    [Fact]
    public void has_a_link_for_each_of_the_thirteen_names()
    {
        string[] names =
        [
            "rustc", "rustdoc", "cargo", "rust-lldb", "rust-gdb", "rust-gdbgui", "rls", "cargo-clippy", "clippy-driver",
            "cargo-miri", "rust-analyzer", "rustfmt", "cargo-fmt",
        ];
        Assert.All(names, name => Assert.Equal(".rustup/current/rustup-proxy", new FileInfo(Path.Combine(Bin, name)).LinkTarget));
        Assert.NotEqual(
            new FileInfo(Path.Combine(Bin, ".rustup", "current", "rustup")).Length,
            new FileInfo(Path.Combine(Bin, ".rustup", "current", "rustup-proxy")).Length);
    }

    [Fact]
    public void obeys_plus_toolchain_then_the_variable_then_the_nearest_directory_then_the_default()
    {
        Rustup("toolchain", "install", "stable", "beta", "nightly", "1.91.0").ShouldSucceed();
        var project = Directory.CreateDirectory(Folder["project/inner"]).FullName;
        File.WriteAllText(Folder["project/rust-toolchain.toml"], "[toolchain]\nchannel = \"beta\"\n");
        WorkingDirectory = project;

        Assert.Contains("beta", Proxy("rustc", "--version").Output, StringComparison.Ordinal);
        Rustup("override", "set", "nightly").ShouldSucceed();
        Assert.Contains("nightly", Proxy("rustc", "--version").Output, StringComparison.Ordinal);
        Variables["RUSTUP_TOOLCHAIN"] = "stable";
        Assert.Contains("1.91.0", Proxy("rustc", "--version").Output, StringComparison.Ordinal);
        Assert.Contains("beta", Proxy("rustc", "+beta", "--version").Output, StringComparison.Ordinal);
        WorkingDirectory = "/";
        Variables.Remove("RUSTUP_TOOLCHAIN");
        Assert.Contains("1.91.0 (hash-s1", Proxy("rustc", "--version").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void names_the_tree_as_its_sysroot()
    {
        Rustup("default", "stable").ShouldSucceed();

        Assert.Equal(TreeOf($"stable-{Host}") + "\n", Proxy("rustc", "--print", "sysroot").Output);
    }

    [Fact]
    public void sets_the_environment_that_rustup_sets()
    {
        Rustup("default", "stable").ShouldSucceed();

        Assert.Equal($"stable-{Host}\n", Proxy("rustc", "--env", "RUSTUP_TOOLCHAIN").Output);
        Assert.Equal("default\n", Proxy("rustc", "--env", "RUSTUP_TOOLCHAIN_SOURCE").Output);
        Assert.Equal("1\n", Proxy("rustc", "--env", "RUST_RECURSION_COUNT").Output);
        Assert.Equal($"{RustupHome}\n", Proxy("rustc", "--env", "RUSTUP_HOME").Output);
        Assert.Equal("env\n", Proxy("cargo", "call", "rustc", "--env", "RUSTUP_TOOLCHAIN_SOURCE").Output);
    }

    [Fact]
    public void finds_the_homes_in_the_user_database_where_the_environment_says_nothing()
    {
        Rustup("default", "stable").ShouldSucceed();
        var account = Start("/usr/bin/getent", "passwd", Environment.UserName).ShouldSucceed().Output.TrimEnd().Split(':')[5];
        Variables["HOME"] = null;
        Variables["CARGO_HOME"] = null;

        Assert.Equal($"{account}/.cargo\n", Proxy("rustc", "--env", "CARGO_HOME").ShouldSucceed().Output);
        Proxy("rustc", "--env", "HOME").ShouldFail(1);
    }

    [Fact]
    public void hands_its_lease_to_the_whole_process_tree()
    {
        Rustup("default", "nightly").ShouldSucceed();
        var tree = TreeOf($"nightly-{Host}");
        using var build = Launch(Path.Combine(Bin, "cargo"), "then", "rustc", "--print", "sysroot");
        WaitUntilHeld(tree);

        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.Equal(tree + "\n", Finish(build).ShouldSucceed().Output);
        CollectEverything().ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    [Fact]
    public void leases_the_toolchain_that_a_cargo_is_borrowed_from()
    {
        Rustup("toolchain", "install", "beta", "--profile", "minimal").ShouldSucceed();
        var tree = TreeOf($"beta-{Host}");
        Directory.CreateDirectory(Folder["mine/bin"]);
        Directory.CreateDirectory(Folder["mine/lib"]);
        File.Copy("/bin/true", Folder["mine/bin/rustc"]);
        Rustup("toolchain", "link", "mine", Folder["mine"]).ShouldSucceed();
        using var build = Launch(Path.Combine(Bin, "cargo"), "+mine", "then", "true");
        WaitUntilHeld(tree);

        Rustup("toolchain", "uninstall", "beta").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.True(Directory.Exists(tree));
        Finish(build).ShouldSucceed();
    }

    [Fact]
    public void keeps_to_one_compiler_when_an_update_overtakes_the_build()
    {
        Rustup("default", "nightly").ShouldSucceed();
        var before = TreeOf($"nightly-{Host}");
        using var build = Launch(Path.Combine(Bin, "cargo"), "then", "rustc", "--print", "sysroot");
        WaitUntilHeld(before);
        SmallMirror.AdvanceTo(Mirror, 2);

        Rustup("update", "nightly").ShouldSucceed();

        Assert.Equal(before + "\n", Finish(build).ShouldSucceed().Output);
        Assert.NotEqual(before + "\n", Proxy("rustc", "--print", "sysroot").Output);
    }

    [Fact]
    public void sees_a_target_that_was_added_to_the_same_compiler_while_it_builds()
    {
        Rustup("default", "stable").ShouldSucceed();
        var before = TreeOf($"stable-{Host}");
        using var build = Launch(Path.Combine(Bin, "cargo"), "then", "rustc", "--print", "sysroot");
        WaitUntilHeld(before);

        Rustup("target", "add", RustPackages.OtherTarget).ShouldSucceed();

        var sysroot = Finish(build).ShouldSucceed().Output.Trim();
        Assert.NotEqual(before, sysroot);
        Assert.True(Directory.Exists(Path.Combine(sysroot, "lib", "rustlib", RustPackages.OtherTarget)));
    }

    [Fact]
    public void installs_the_toolchain_that_a_file_asks_for()
    {
        WorkingDirectory = Directory.CreateDirectory(Folder["project"]).FullName;
        File.WriteAllText(
            Folder["project/rust-toolchain.toml"],
            $"[toolchain]\nchannel = \"beta\"\nprofile = \"minimal\"\ncomponents = [\"clippy\"]\ntargets = [\"{RustPackages.OtherTarget}\"]\n");

        Assert.Equal("rustc 1.93.0-beta.1 (hash-b1 2026-01-01)\n", Proxy("rustc", "--version").ShouldSucceed().Output);
        Assert.Equal(
            $"cargo-{Host}\nclippy-{Host}\nrust-std-{RustPackages.OtherTarget}\nrust-std-{Host}\nrustc-{Host}\n",
            Rustup("component", "list", "--installed").Output);
    }

    [Fact]
    public void installs_nothing_when_that_is_turned_off()
    {
        Variables["RUSTUP_AUTO_INSTALL"] = "0";

        var refused = Proxy("rustc", "+beta", "--version").ShouldFail();
        Assert.Equal(
            $"error: toolchain 'beta-{Host}' is not installed\nhelp: run `rustup toolchain install beta-{Host}` to install it\n",
            refused.Error);
    }

    [Fact]
    public void says_which_component_a_missing_tool_is_in()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.Equal(
            $"error: 'rustfmt' is not installed for the toolchain 'stable-{Host}'.\nhelp: run `rustup component add rustfmt` to install it\n",
            Proxy("rustfmt", "--version").ShouldFail().Error);
    }

    [Fact]
    public void stops_an_infinite_recursion()
    {
        Rustup("default", "stable").ShouldSucceed();
        Variables["RUST_RECURSION_COUNT"] = "21";

        Assert.Equal("error: infinite recursion detected\n", Proxy("rustc", "--version").ShouldFail().Error);
    }

    [Fact]
    public void sees_an_edit_of_settings_toml_at_once()
    {
        Rustup("toolchain", "install", "stable", "beta").ShouldSucceed();
        var settings = Path.Combine(RustupHome, "settings.toml");
        File.WriteAllText(settings, File.ReadAllText(settings).Replace("stable", "beta", StringComparison.Ordinal));

        Assert.Contains("beta", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Equal($"beta-{Host} (default)\n", Rustup("default").Output);
    }

    [Fact]
    public void passes_arguments_through_byte_for_byte()
    {
        Rustup("default", "stable").ShouldSucceed();

        var shell = Start("/bin/sh", "-c", $"'{Bin}/rustc' \"$(printf 'a\\377b')\" '' 'c d' | od -An -c");
        Assert.Equal("   r   u   s   t   c       a 377   b           c       d  \\n\n", shell.ShouldSucceed().Output);
    }

    [Fact]
    public void leaves_a_tool_the_signals_that_it_expects()
    {
        Rustup("default", "stable").ShouldSucceed();

        var ignored = Proxy("cargo", "call", "grep", "SigIgn", "/proc/self/status").ShouldSucceed().Output.Split('\t')[1];
        Assert.Equal(0, Convert.ToInt64(ignored.Trim(), 16) & (1 << 12));
    }

    [Fact]
    public void runs_a_directory_that_another_program_put_into_toolchains()
    {
        Rustup("default", "stable").ShouldSucceed();
        Start("/bin/cp", "-rL", Path.Combine(RustupHome, "toolchains", $"stable-{Host}"), Path.Combine(RustupHome, "toolchains", "theirs")).ShouldSucceed();

        Assert.Equal("rustc 1.91.0 (hash-s1 2026-01-01)\n", Proxy("rustc", "+theirs", "--version").ShouldSucceed().Output);
    }

    [Fact]
    public void writes_no_file_and_asks_no_server()
    {
        Rustup("default", "stable").ShouldSucceed();
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";
        var before = ListFiles();

        Proxy("rustc", "--version").ShouldSucceed();

        Assert.Equal(before, ListFiles());
    }

    private List<string> ListFiles() =>
    [
        .. Directory.EnumerateFiles(RustupHome, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith("-shm", StringComparison.Ordinal))
            .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O}").Order(StringComparer.Ordinal),
    ];
}
