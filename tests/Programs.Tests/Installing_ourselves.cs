namespace ToolchainStore.Tests.Programs;

/// <summary><c>rustup-init</c>: what it asks and says is what rustup 1.29.0 asks and says.</summary>
public sealed class Installing_ourselves : InstallerTest
{
    private const string Welcome = """

        Welcome to Rust!

        This will download and install the official compiler for the Rust
        programming language, and its package manager, Cargo.

        Rustup metadata and toolchains will be installed into the Rustup
        home directory, located at:

          [HOME]/.rustup

        This can be modified with the RUSTUP_HOME environment variable.

        The Cargo home directory is located at:

          [HOME]/.cargo

        This can be modified with the CARGO_HOME environment variable.

        The cargo, rustc, rustup and other commands will be added to
        Cargo's bin directory, located at:

          [HOME]/.cargo/bin


        """;

    private const string ChangesOneProfile = """
        This path will then be added to your PATH environment variable by
        modifying the profile file located at:

          [HOME]/.profile

        You can uninstall at any time with rustup self uninstall and
        these changes will be reverted.


        """;

    private const string Menu = """

        1) Proceed with standard installation (default - just press enter)
        2) Customize installation
        3) Cancel installation
        >
        """;

    private const string Questions = """

        I'm going to ask you the value of each of these installation options.
        You may simply press the Enter key to leave unchanged.

        Default host triple? [x86_64-unknown-linux-gnu]

        Default toolchain? (stable/beta/nightly/none) [stable]

        Profile (which tools and data to install)? (minimal/default/complete) [default]

        Modify PATH variable? (Y/n)



        """;

    private const string HowToRead = """

        To configure your current shell, you need to source
        the corresponding env file under $HOME/.cargo.

        This is usually done by running one of the following (note the leading DOT):
        . "$HOME/.cargo/env"            # For sh/bash/zsh/ash/dash/pdksh
        source "$HOME/.cargo/env.fish"  # For fish
        source "~/.cargo/env.nu"  # For nushell
        source "$HOME/.cargo/env.tcsh"  # For tcsh
        . "$HOME/.cargo/env.ps1"        # For pwsh
        source "$HOME/.cargo/env.xsh"   # For xonsh

        """;

    private const string Installed = $"""


        Rust is installed now. Great!

        To get started you may need to restart your current shell.
        This would reload your PATH environment variable to include
        Cargo's bin directory ($HOME/.cargo/bin).
        {HowToRead}
        """;

    private const string InstalledButNotOnPath = $"""


        Rust is installed now. Great!

        To get started you need Cargo's bin directory ($HOME/.cargo/bin) in your PATH
        environment variable. This has not been done automatically.
        {HowToRead}
        """;

    [Fact]
    public void without_questions_says_only_what_was_done() => Assert.Equal(
        new Outcome(0, Installed, $"""
            info: profile set to minimal
            info: default host triple is {Host}
            info: skipping toolchain installation
            warn: ignoring requested component: clippy
            warn: ignoring requested targets: one, two

            """),
        Install([.. NoQuestions, "--profile", "minimal", "-c", "clippy", "-t", "one,two"]));

    [Fact]
    public void proceeds_on_enter() => Assert.Equal(
        new Outcome(0, Welcome + ChangesOneProfile + Options(toolchain: "none") + Menu + "\n" + Installed, $"""
            info: profile set to default
            info: default host triple is {Host}
            info: skipping toolchain installation

            """),
        InstallAnswering("\n", NoToolchain));

    [Fact]
    public void names_every_profile_that_it_would_change()
    {
        WriteInHome(".bashrc", "");
        Provide("fish");

        Assert.StartsWith(Welcome + """
            This path will then be added to your PATH environment variable by
            modifying the profile files located at:

              [HOME]/.profile
              [HOME]/.bashrc
              [HOME]/.config/fish/conf.d/rustup.fish

            """, InstallAnswering("3\n").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void can_be_customized_and_then_does_what_was_chosen()
    {
        var outcome = InstallAnswering("2\n\nbeta\nminimal\nn\n1\n");

        Assert.Equal(
            Welcome + ChangesOneProfile + Options(toolchain: "stable (default)") + Menu + Questions
                + Options("beta", profile: "minimal", modifiesPath: "no") + Menu.Replace("standard installation", "selected options", StringComparison.Ordinal)
                + $"\n\n  beta-{Host} installed - rustc 1.93.0-beta.1 (hash-b1 2026-01-01)\n" + InstalledButNotOnPath,
            outcome.ShouldSucceed().Output);
        Assert.Equal($"beta-{Host} (default)\n", Start(Path.Combine(CargoBin, "rustup"), "default").Output);
        Assert.Empty(ListHome());
    }

    [Fact]
    public void can_be_customized_twice_and_remembers_the_first_answers()
    {
        var output = InstallAnswering("2\n\nnightly\n\nno\n2\n\n\n\nyes\n3\n").ShouldSucceed().Output;

        Assert.Contains("Default toolchain? (stable/beta/nightly/none) [nightly]\n", output, StringComparison.Ordinal);
        Assert.Contains("Modify PATH variable? (y/N)\n", output, StringComparison.Ordinal);
        Assert.Contains(Options("nightly"), output, StringComparison.Ordinal);
    }

    [Fact]
    public void takes_the_first_letter_of_a_profile_and_names_with_a_slash_at_their_end()
    {
        var output = InstallAnswering("2\n\nnightly/\nm\n\n3\n").ShouldSucceed().Output;

        Assert.Contains("default toolchain: nightly\n", output, StringComparison.Ordinal);
        Assert.Contains("profile: minimal\n", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3\n")]
    [InlineData("4\n")]
    [InlineData(" 1\n")]
    public void is_cancelled_by_every_other_answer_and_changes_nothing(string answer)
    {
        Assert.Equal(
            new Outcome(0, Welcome + ChangesOneProfile + Options("stable (default)") + Menu + "\n", "info: aborting installation\n"),
            InstallAnswering(answer));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Home));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2\n\nnightly\n")]
    public void fails_where_nobody_answers(string input)
    {
        var outcome = InstallAnswering(input).ShouldFail();

        Assert.Equal("error: unable to read from stdin for confirmation: no lines found from stdin\n", outcome.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Home));
    }

    [Theory]
    [InlineData("2\n\nnobody\n", "error: invalid official toolchain name 'nobody'\n")]
    [InlineData("2\n\n\nlarge\n", "error: unknown profile name: 'large'; valid profile names are: minimal, default, complete\n")]
    public void ends_at_an_answer_that_is_wrong(string input, string error) =>
        Assert.Equal(error, InstallAnswering(input).ShouldFail().Error);

    [Fact]
    public void refuses_a_host_that_is_none_before_anything_is_asked() => Assert.Equal(
        new Outcome(1, "", $"""
            error: Pre-checks for host and toolchain failed: Provided host 'nowhere' couldn't be converted to partial triple
            If you are unsure of suitable values, the 'stable' toolchain is the default.
            Valid host triples look something like: {Host}

            """),
        Install([.. NoToolchain, "--default-host", "nowhere"]));

    [Fact]
    public void breaks_lines_that_a_long_path_makes_too_long()
    {
        Variables["CARGO_HOME"] = Path.Combine(Folder.Path, new string('c', 79));

        Assert.Contains($"""
            Cargo's bin directory{' '}
            ({Variables["CARGO_HOME"]}/bin).

            To configure your current shell, you need to source
            the corresponding env file under{' '}
            {Variables["CARGO_HOME"]}.

            This is usually done by running one of the following (note the leading DOT):
            .{' '}
            "{Variables["CARGO_HOME"]}/env"
            # For sh/bash/zsh/ash/dash/pdksh

            """, Install(NoQuestions).ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void beside_another_rust_wants_to_be_told_that_this_is_meant()
    {
        Provide("rustc");
        var warning = $"""
            warn: It looks like you have an existing installation of Rust at:
            warn: {Tools}
            warn: It is recommended that rustup be the primary Rust installation.
            warn: Otherwise you may have confusion unless you are careful with your PATH.
            warn: If you are sure that you want both rustup and your already installed Rust
            warn: then please reply `y' or `yes' or set RUSTUP_INIT_SKIP_PATH_CHECK to yes
            warn: or pass `-y' to ignore all ignorable checks.
            error: cannot install while Rust is installed

            """;
        const string Refusal = "error: cannot install while Rust is installed\n";

        Assert.Equal(new Outcome(1, "\nContinue? (y/N) \n", warning + Refusal), InstallAnswering("n\n", NoToolchain));
        Assert.Equal(new Outcome(1, "\nContinue? (y/N) ", warning + Refusal), InstallAnswering("", NoToolchain));
        Assert.StartsWith("\nContinue? (y/N) \n" + Welcome, InstallAnswering("YES\n3\n", NoToolchain).ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.StartsWith(
            warning + "warn: continuing (because the -y flag is set and the error is ignorable)\n",
            Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
        Variables["RUSTUP_INIT_SKIP_PATH_CHECK"] = "yes";
        Assert.DoesNotContain("cannot install", Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void beside_settings_says_that_they_decide()
    {
        const string Warning = """
            warn: It looks like you have an existing rustup settings file at:
            warn: [HOME]/.rustup/settings.toml
            warn: Rustup will install the default toolchain as specified in the settings file,
            warn: instead of the one inferred from the default host triple.

            """;
        Assert.DoesNotContain("existing rustup settings", Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
        Assert.StartsWith(Warning, Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
        Variables["RUSTUP_INIT_SKIP_EXISTENCE_CHECKS"] = "yes";
        Assert.DoesNotContain("existing rustup settings", Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void in_the_home_of_another_user_says_so_and_fails_in_the_end_unless_told_not_to_ask()
    {
        Variables["RUSTUP_INIT_SKIP_SUDO_CHECK"] = null;
        const string Warning = "error: $HOME differs from euid-obtained home directory: you may be using sudo\nerror: $HOME directory: [HOME]\nerror: euid-obtained home directory: /";

        var asked = InstallAnswering("\n", NoToolchain).ShouldFail();
        Assert.StartsWith(Warning, asked.Error, StringComparison.Ordinal);
        Assert.Contains("\nerror: if this is what you want, restart the installation with `-y'\n", asked.Error, StringComparison.Ordinal);
        Assert.EndsWith(Installed, asked.Output, StringComparison.Ordinal);
        Assert.Contains(Warning, Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void warns_where_nothing_can_link()
    {
        File.Delete(Path.Combine(Tools, "cc"));

        Assert.EndsWith(
            "warn: no default linker (`cc`) was found in your PATH\nwarn: many Rust crates require a system C toolchain to build\n",
            Install(NoQuestions).ShouldSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void again_updates_the_default_toolchain_unless_told_not_to()
    {
        const string Row = $"stable-{Host} unchanged - rustc 1.91.0 (hash-s1 2026-01-01)";
        Install("-y", "--profile", "minimal").ShouldSucceed();

        var again = Install("-y", "--profile", "complete").ShouldSucceed();
        var kept = Install("-y", "--no-update-default-toolchain").ShouldSucceed();

        Assert.Equal($"\n  {Row}\n{Installed}", again.Output);
        Assert.StartsWith("warn: downloading with complete profile isn't recommended unless you are a developer of the rust language\n", again.Error, StringComparison.Ordinal);
        Assert.Contains("\nwarn: Updating existing toolchain, profile choice will be ignored\n", again.Error, StringComparison.Ordinal);
        Assert.Equal(Installed, kept.Output);
        Assert.EndsWith("\ninfo: updating existing rustup installation - leaving toolchains alone\n", kept.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void tries_out_the_tools_that_were_asked_for_by_name() => Assert.StartsWith(
        $"cargo 1.91.0 (hash-s1 2026-01-01)\nrustc 1.91.0 (hash-s1 2026-01-01)\n\n  stable-{Host} installed - ",
        Install("-y", "--profile", "minimal", "-c", "cargo,rustc").ShouldSucceed().Output,
        StringComparison.Ordinal);

    [Fact]
    public void leaves_tools_alone_that_others_installed_but_not_those_of_another_rustup()
    {
        Directory.CreateDirectory(CargoBin);
        File.WriteAllText(Path.Combine(CargoBin, "rustup"), "another rustup");
        File.WriteAllText(Path.Combine(CargoBin, "rustfmt"), "the user's own");
        File.CreateSymbolicLink(Path.Combine(CargoBin, "rust-analyzer"), Path.Combine(Tools, "cc"));
        foreach (var tool in new[] { "cargo", "cargo-fmt" })
        {
            LinkHard(Path.Combine(CargoBin, "rustup"), Path.Combine(CargoBin, tool));
        }

        var error = Install(NoQuestions).ShouldSucceed().Error;

        static string Warning(string tool) =>
            $"warn: tool `{tool}` is already installed, remove it from `[HOME]/.cargo/bin`, then run `rustup update` to have rustup manage this tool.\n";
        Assert.Equal(Warning("rust-analyzer") + Warning("rustfmt"), error[..error.IndexOf("info:", StringComparison.Ordinal)]);
        Assert.Equal("the user's own", File.ReadAllText(Path.Combine(CargoBin, "rustfmt")));
        Assert.All(["rustup", "cargo", "cargo-fmt", "rustc"], tool =>
            Assert.StartsWith(".rustup/current/", new FileInfo(Path.Combine(CargoBin, tool)).LinkTarget, StringComparison.Ordinal));
    }

    private static string Options(string toolchain, string profile = "default", string modifiesPath = "yes") =>
        $"""
        Current installation options:


           default host triple: {Host}
             default toolchain: {toolchain}
                       profile: {profile}
          modify PATH variable: {modifiesPath}

        """;
}
