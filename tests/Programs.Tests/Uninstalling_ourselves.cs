namespace ToolchainStore.Tests.Programs;

/// <summary><c>rustup self uninstall</c>: leaves a home as if nothing had been, but for what others put there.</summary>
public sealed class Uninstalling_ourselves : InstallerTest
{
    private const string Question = """


        Thanks for hacking in Rust!

        This will uninstall all Rust toolchains and data, and remove
        $HOME/.cargo/bin from your PATH environment variable.

        Continue? (y/N)
        """ + " ";

    private const string Report = """
        info: removing rustup home
        info: removing cargo home
        info: removing rustup binaries
        info: rustup is uninstalled

        """;

    [Fact]
    public void removes_both_homes()
    {
        Install("-y", "--profile", "minimal").ShouldSucceed();
        WriteInHome(".cargo/registry/index", "cargo's");

        Assert.Equal(new Outcome(0, "", Report), Uninstall("", "-y"));

        Assert.Equal([InHome(".profile")], Directory.EnumerateFileSystemEntries(Home));
        Assert.Equal("", ReadInHome(".profile"));
    }

    [Fact]
    public void restores_every_profile_byte_for_byte()
    {
        var profiles = new Dictionary<string, string>
        {
            [".profile"] = "# no line break at the end",
            [".bashrc"] = "",
            [".bash_profile"] = "# mine\n\n\n",
            [".zshenv"] = "\xff\xfe\r\n# neither text nor finished",
            [".tcshrc"] = "\n",
            [".config/nushell/config.nu"] = "# mine\n",
        };
        foreach (var (name, content) in profiles)
        {
            WriteInHome(name, content);
        }
        foreach (var shell in new[] { "zsh", "tcsh", "nu" })
        {
            Provide(shell);
        }
        Install(NoQuestions).ShouldSucceed();
        Assert.All(profiles, profile => Assert.NotEqual(profile.Value, ReadInHome(profile.Key)));

        Uninstall("", "-y").ShouldSucceed();

        Assert.All(profiles, profile => Assert.Equal(profile.Value, ReadInHome(profile.Key)));
    }

    [Fact]
    public void keeps_what_was_written_into_a_profile_meanwhile()
    {
        WriteInHome(".profile", "# no line break at the end");
        Install(NoQuestions).ShouldSucceed();
        File.AppendAllText(InHome(".profile"), "# below\n# . \"$HOME/.cargo/env\"\n");

        Uninstall("", "-y").ShouldSucceed();

        Assert.Equal("# no line break at the end\n# below\n# . \"$HOME/.cargo/env\"\n", ReadInHome(".profile"));
    }

    [Fact]
    public void finds_profiles_of_shells_that_are_gone_or_look_elsewhere_now()
    {
        Provide("fish");
        Provide("tcsh");
        Variables["XDG_CONFIG_HOME"] = InHome("xdg");
        WriteInHome("xdg/fish/conf.d/rustup.fish", "# mine\n");
        Install(NoQuestions).ShouldSucceed();
        File.Delete(Path.Combine(Tools, "fish"));
        File.Delete(Path.Combine(Tools, "tcsh"));
        Variables["XDG_CONFIG_HOME"] = null;

        Uninstall("", "-y").ShouldSucceed();

        Assert.Equal("# mine\n", ReadInHome("xdg/fish/conf.d/rustup.fish"));
        Assert.Equal("", ReadInHome(".tcshrc"));
    }

    [Theory]
    [InlineData("n\n")]
    [InlineData("\n")]
    [InlineData("sure\n")]
    public void asks_first_and_does_nothing_without_a_yes(string answer)
    {
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal(new Outcome(0, $"{Question}\n", "info: aborting uninstallation\n"), Uninstall(answer));
        Assert.True(File.Exists(Path.Combine(CargoBin, "rustup")));
    }

    [Fact]
    public void fails_where_nobody_answers()
    {
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal(
            new Outcome(1, Question, "error: unable to read from stdin for confirmation: no lines found from stdin\n"),
            Uninstall(""));
    }

    [Fact]
    public void leaves_profiles_as_they_are_when_that_was_asked_for()
    {
        Install(NoQuestions).ShouldSucceed();

        var outcome = Uninstall("yes\n", "--no-modify-path");

        Assert.Equal(
            """


            Thanks for hacking in Rust!

            This will uninstall all Rust toolchains and data.
            Your PATH environment variable will not be touched.

            Continue? (y/N)
            """ + " \n",
            outcome.ShouldSucceed().Output);
        Assert.Equal(Report, outcome.Error);
        Assert.Equal(". \"$HOME/.cargo/env\"\n", ReadInHome(".profile"));
        Assert.False(Directory.Exists(CargoHome));
    }

    [Fact]
    public void works_with_tools_missing()
    {
        Install(NoQuestions).ShouldSucceed();
        File.Delete(Path.Combine(CargoBin, "cargo"));
        File.Delete(Path.Combine(CargoBin, "rustc"));

        Assert.Equal(new Outcome(0, "", Report), Uninstall("", "-y"));
        Assert.False(Directory.Exists(CargoHome));
    }

    [Fact]
    public void keeps_programs_that_others_installed_and_their_place_in_PATH()
    {
        Directory.CreateDirectory(CargoBin);
        File.WriteAllText(Path.Combine(CargoBin, "rustfmt"), "the user's own");
        Install(NoQuestions).ShouldSucceed();
        File.WriteAllText(Path.Combine(CargoBin, "ripgrep"), "the user's own");
        WriteInHome(".cargo/.crates.toml", "cargo's list of them");
        WriteInHome(".cargo/registry/index", "cargo's");

        var outcome = Uninstall("", "-y").ShouldSucceed();

        Assert.Contains("\ninfo: keeping '[HOME]/.cargo/bin' and its place in PATH for what rustup did not install: ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(["ripgrep", "rustfmt"], Directory.EnumerateFileSystemEntries(CargoBin).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal([".crates.toml", "bin", "env"], Directory.EnumerateFileSystemEntries(CargoHome).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(". \"$HOME/.cargo/env\"\n", ReadInHome(".profile"));
        Assert.False(Directory.Exists(InHome(".rustup")));
    }

    [Fact]
    public void removes_links_to_directories_elsewhere_and_not_what_is_there()
    {
        Directory.CreateDirectory(InHome(".rustup"));
        foreach (var name in new[] { "toolchains", "downloads" })
        {
            Directory.CreateDirectory(Folder[name]);
            File.WriteAllText(Path.Combine(Folder[name], "notes"), "mine");
            Directory.CreateSymbolicLink(Path.Combine(InHome(".rustup"), name), Folder[name]);
        }
        Install("-y", "--profile", "minimal").ShouldSucceed();

        Uninstall("", "-y").ShouldSucceed();

        Assert.All(["toolchains", "downloads"], name => Assert.True(File.Exists(Path.Combine(Folder[name], "notes")), name));
        Assert.False(Directory.Exists(InHome(".rustup")));
    }

    [Theory]
    [InlineData("uninstall/after-home")]
    [InlineData("uninstall/after-profiles")]
    public void and_killed_is_completed_by_doing_it_again(string moment)
    {
        WriteInHome(".profile", "# no line break at the end");
        Install("-y", "--profile", "minimal").ShouldSucceed();
        RequireKilledAt(moment, Path.Combine(CargoBin, "rustup"), "self", "uninstall", "-y");

        Assert.Equal(new Outcome(0, "", Report), Uninstall("", "-y"));

        Assert.Equal([InHome(".profile")], Directory.EnumerateFileSystemEntries(Home));
        Assert.Equal("# no line break at the end", ReadInHome(".profile"));
    }

    [Fact]
    public void and_killed_when_the_names_were_gone_leaves_nothing_that_the_next_installation_minds()
    {
        Install(NoQuestions).ShouldSucceed();
        RequireKilledAt("uninstall/after-names", Path.Combine(CargoBin, "rustup"), "self", "uninstall", "-y");
        Assert.Equal([".rustup"], Directory.EnumerateFileSystemEntries(CargoBin).Select(Path.GetFileName));

        Install(NoQuestions).ShouldSucceed();
        Uninstall("", "-y").ShouldSucceed();

        Assert.Equal([InHome(".profile")], Directory.EnumerateFileSystemEntries(Home));
    }

    [Fact]
    public void of_what_is_not_installed_is_an_error()
    {
        Install(NoQuestions).ShouldSucceed();
        File.Delete(Path.Combine(CargoBin, "rustup"));

        Assert.Equal(
            new Outcome(1, "", $"error: rustup is not installed at '{CargoHome}'\n"),
            Start(Path.Combine(Published, "rustup"), "self", "uninstall", "-y"));
    }
}
