using System.Diagnostics;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

public sealed class The_rustup_command : ProgramTest
{
    [Fact]
    public void says_that_it_behaves_like_1_29_0_and_what_it_is()
    {
        var version = Rustup("--version").ShouldSucceed();

        Assert.Matches(@"^rustup 1\.29\.0 \(.+\)\n$", version.Output);
        Assert.Contains("toolchain-store", version.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash"), InlineData("zsh"), InlineData("fish"), InlineData("elvish"), InlineData("powershell")]
    public void completes_our_additions_last(string shell)
    {
        var script = Rustup("completions", shell).ShouldSucceed().Output;

        var verbs = script.Split('\n').First(line => line.Contains("completions", StringComparison.Ordinal)
            && line.Contains("toolchain", StringComparison.Ordinal));
        Assert.True(verbs.IndexOf("store", StringComparison.Ordinal) > verbs.IndexOf("completions", StringComparison.Ordinal), verbs);
    }

    [Fact]
    public void prints_the_summary_that_scripts_parse()
    {
        Assert.Equal(
            $"\n  stable-{Host} installed - rustc 1.91.0 (hash-s1 2026-01-01)\n\n",
            Rustup("toolchain", "install", "stable").ShouldSucceed().Output);
        Assert.Equal(
            $"\n  stable-{Host} unchanged - rustc 1.91.0 (hash-s1 2026-01-01)\n\n",
            Rustup("toolchain", "install", "stable").ShouldSucceed().Output);
    }

    [Fact]
    public void lists_toolchains_with_their_marks()
    {
        Rustup("toolchain", "install", "nightly", "stable").ShouldSucceed();

        Assert.Equal($"stable-{Host}\nnightly-{Host} (active, default)\n", Rustup("toolchain", "list").Output);
        Assert.Equal($"stable-{Host}\nnightly-{Host}\n", Rustup("toolchain", "list", "-q").Output);
        Assert.Equal(
            $"stable-{Host} {RustupHome}/toolchains/stable-{Host}\nnightly-{Host} (active, default) {RustupHome}/toolchains/nightly-{Host}\n",
            Rustup("toolchain", "list", "-v").Output);
    }

    [Fact]
    public void shows_paths_below_toolchains_and_not_the_tree()
    {
        Rustup("default", "stable").ShouldSucceed();

        Assert.Equal($"{RustupHome}/toolchains/stable-{Host}/bin/cargo\n", Rustup("which", "cargo").Output);
        Assert.Equal($"stable-{Host} (default)\n", Rustup("show", "active-toolchain").Output);
    }

    [Fact]
    public void checks_with_exit_code_100_when_there_is_something_newer()
    {
        Rustup("toolchain", "install", "stable", "nightly").ShouldSucceed();
        Rustup("check").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);

        Assert.Equal(
            $"stable-{Host} - up to date: 1.91.0 (hash-s1 2026-01-01)\n"
            + $"nightly-{Host} - update available: 1.94.0-nightly (hash-n1 2026-01-01) -> 1.95.0-nightly (hash-n2 2026-01-02)\n",
            Rustup("check").ShouldFail(100).Output);
    }

    [Fact]
    public void updates_everything_that_follows_a_channel()
    {
        Rustup("toolchain", "install", "stable", "nightly", "1.91.0").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);

        Assert.Equal(
            $"\n  stable-{Host} unchanged - rustc 1.91.0 (hash-s1 2026-01-01)\n"
            + $"   nightly-{Host} updated - rustc 1.95.0-nightly (hash-n2 2026-01-02) (from rustc 1.94.0-nightly (hash-n1 2026-01-01))\n\n",
            Rustup("update").ShouldSucceed().Output);
    }

    [Fact]
    public void suggests_the_component_that_was_meant()
    {
        Rustup("default", "stable").ShouldSucceed();

        Assert.Equal(
            $"error: toolchain 'stable-{Host}' does not contain component 'clipy' for target '{Host}'; did you mean 'clippy'?\n",
            Rustup("component", "add", "clipy").ShouldFail().Error);
    }

    [Fact]
    public void links_and_runs_a_toolchain_of_ones_own()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        var mine = Directory.CreateDirectory(Folder["mine/bin"]).Parent!.FullName;
        Directory.CreateDirectory(Path.Combine(mine, "lib"));
        File.Copy("/bin/true", Path.Combine(mine, "bin", "rustc"));

        Rustup("toolchain", "link", "mine", mine).ShouldSucceed();
        Rustup("run", "mine", "rustc").ShouldSucceed();
        var cargo = Proxy("cargo", "+mine", "--version").ShouldSucceed();
        Assert.Contains("falling back to", cargo.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ends_its_output_at_once_although_collection_goes_on()
    {
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        using var holder = Launch(Path.Combine(Bin, "rustc"), "--hold");

        var started = Stopwatch.GetTimestamp();
        Start("/bin/sh", "-c", $"'{Bin}/rustup' toolchain uninstall stable 2>&1 | cat").ShouldSucceed();

        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(5));
        Finish(holder).ShouldSucceed();
    }

    [Fact]
    public void collects_before_it_returns_where_nothing_survives_it()
    {
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        Variables["CI"] = "true";

        Rustup("toolchain", "uninstall", "stable").ShouldSucceed();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", "toolchains")));
    }

    [Fact]
    public void reports_a_dead_server_in_one_line_that_names_it()
    {
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";

        var failed = Rustup("toolchain", "install", "stable").ShouldFail();
        Assert.Contains("could not reach 'http://127.0.0.1:9/dist/channel-rust-stable.toml.sha256'", failed.Error, StringComparison.Ordinal);
    }
}

public sealed class Several_commands_at_once : ProgramTest
{
    [Fact]
    public void that_install_the_same_toolchain_all_succeed()
    {
        var installs = Enumerable.Range(0, 6).Select(_ => Launch(Path.Combine(Bin, "rustup"), "toolchain", "install", "stable")).ToList();

        Assert.All(installs, install => Finish(install).ShouldSucceed());
        Assert.Equal("rustc 1.91.0 (hash-s1 2026-01-01)\n", Proxy("rustc", "--version").ShouldSucceed().Output);
    }

    [Fact]
    public void that_set_overrides_are_all_recorded()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        var sets = Enumerable.Range(0, 12).Select(number => Launch(
            Path.Combine(Bin, "rustup"), "override", "set", "stable", "--path", Folder[$"project{number:00}"])).ToList();
        Assert.All(sets, set => Finish(set).ShouldSucceed());

        Assert.Equal(12, Rustup("override", "list").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void do_not_keep_a_tool_from_running()
    {
        Rustup("toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        var updates = Enumerable.Range(0, 3).Select(_ => Launch(Path.Combine(Bin, "rustup"), "update", "nightly")).ToList();

        for (var run = 0; run < 20; run++)
        {
            Assert.Matches("hash-n[12]", Proxy("rustc", "--version").ShouldSucceed().Output);
        }
        Assert.All(updates, update => Finish(update).ShouldSucceed());
    }

    [Theory]
    [InlineData(5), InlineData(15), InlineData(30), InlineData(50), InlineData(80)]
    public void killed_at_any_moment_need_nothing_but_to_be_run_again(int milliseconds)
    {
        Rustup("toolchain", "install", "nightly", "--profile", "minimal").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        using (var update = Launch(Path.Combine(Bin, "rustup"), "update", "nightly"))
        {
            Thread.Sleep(milliseconds);
            update.Kill();
            update.WaitForExit();
        }

        Assert.Matches("hash-n[12]", Proxy("rustc", "--version").ShouldSucceed().Output);
        Rustup("update", "nightly").ShouldSucceed();
        Assert.Contains("hash-n2", Proxy("rustc", "--version").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void that_set_up_the_programs_leave_every_name_complete()
    {
        var setups = Enumerable.Range(0, 4).Select(_ => Launch(
            Path.Combine(Published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none")).ToList();

        Assert.All(setups, setup => Finish(setup).ShouldSucceed());
        Rustup("default", "stable").ShouldSucceed();
        Proxy("cargo", "--version").ShouldSucceed();
    }
}

public sealed class An_https_server : ProgramTest
{
    [Fact]
    public void with_a_good_certificate_is_installed_from()
    {
        using var authority = Trusted();
        Assert.Equal(0, InstallFrom(authority.IssueFor("localhost")).ExitCode);
    }

    [Fact]
    public void for_another_host_is_refused()
    {
        using var authority = Trusted();
        RequireRefused(InstallFrom(authority.IssueFor("elsewhere.example")));
    }

    [Fact]
    public void with_an_expired_certificate_is_refused()
    {
        using var authority = Trusted();
        RequireRefused(InstallFrom(authority.IssueExpired("localhost")));
    }

    [Fact]
    public void of_an_unknown_authority_is_refused()
    {
        using var trusted = Trusted();
        using var unknown = new TestCertificateAuthority("somebody else");
        RequireRefused(InstallFrom(unknown.IssueFor("localhost")));
    }

    [Fact]
    public void without_any_authorities_names_the_package_to_install()
    {
        using var authority = new TestCertificateAuthority();
        Variables["SSL_CERT_FILE"] = Folder["missing.pem"];
        Variables["SSL_CERT_DIR"] = Folder["missing"];

        Assert.Contains("install `ca-certificates`", InstallFrom(authority.IssueFor("localhost")).ShouldFail().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void without_libssl_names_the_package_to_install()
    {
        using var authority = Trusted();
        Variables["CLR_OPENSSL_VERSION_OVERRIDE"] = "none";

        Assert.Contains("libssl", InstallFrom(authority.IssueFor("localhost")).ShouldFail().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void is_not_needed_for_installing_without_libssl()
    {
        Variables["CLR_OPENSSL_VERSION_OVERRIDE"] = "none";

        Rustup("toolchain", "install", "stable").ShouldSucceed();
    }

    private TestCertificateAuthority Trusted()
    {
        var authority = new TestCertificateAuthority();
        authority.WriteTo(Folder["authority.pem"]);
        Variables["SSL_CERT_FILE"] = Folder["authority.pem"];
        Variables["SSL_CERT_DIR"] = Folder["none"];
        return authority;
    }

    private Outcome InstallFrom(System.Security.Cryptography.X509Certificates.X509Certificate2 certificate)
    {
        using var server = new FakeDistributionServer(Mirror.Root, certificate);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        return Rustup("toolchain", "install", "stable", "--profile", "minimal");
    }

    private static void RequireRefused(Outcome outcome) =>
        Assert.Contains("the server's certificate is not trusted", outcome.ShouldFail().Error, StringComparison.Ordinal);
}
