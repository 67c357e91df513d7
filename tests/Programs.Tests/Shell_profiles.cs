using System.Diagnostics;
using System.Globalization;

namespace ToolchainStore.Tests.Programs;

/// <summary>What the installer writes so that shells find the programs: bytes of rustup 1.29.0.</summary>
public sealed class Shell_profiles : InstallerTest
{
    private const string Line = ". \"$HOME/.cargo/env\"";

    public static TheoryData<string, string, string, string, string> Shells { get; } = new()
    {
        { "sh", ".profile", Line, "env", """
            #!/bin/sh
            # rustup shell setup
            # affix colons on either side of $PATH to simplify matching
            case ":${PATH}:" in
                *:"$HOME/.cargo/bin":*)
                    ;;
                *)
                    # Prepending path in case a system-installed rustc needs to be overridden
                    export PATH="$HOME/.cargo/bin:$PATH"
                    ;;
            esac

            """ },
        { "zsh", ".zshenv", Line, "env", """
            #!/bin/sh
            # rustup shell setup
            # affix colons on either side of $PATH to simplify matching
            case ":${PATH}:" in
                *:"$HOME/.cargo/bin":*)
                    ;;
                *)
                    # Prepending path in case a system-installed rustc needs to be overridden
                    export PATH="$HOME/.cargo/bin:$PATH"
                    ;;
            esac

            """ },
        { "fish", ".config/fish/conf.d/rustup.fish", "source \"$HOME/.cargo/env.fish\"", "env.fish", """
            # rustup shell setup
            if not contains "$HOME/.cargo/bin" $PATH
                # Prepending path in case a system-installed rustc needs to be overridden
                set -x PATH "$HOME/.cargo/bin" $PATH
            end

            """ },
        { "nu", ".config/nushell/config.nu", "source \"~/.cargo/env.nu\"", "env.nu", """
            use std/util "path add"
            path add "~/.cargo/bin"

            """ },
        { "tcsh", ".tcshrc", "source \"$HOME/.cargo/env.tcsh\"", "env.tcsh", """
            # rustup environment for tcsh
            if ( $?PATH ) then
                if ( "$PATH" !~ *$HOME/.cargo/bin* ) then
                    setenv PATH "$HOME/.cargo/bin:$PATH"
                endif
            else
                setenv PATH "$HOME/.cargo/bin"
            endif

            """ },
        { "pwsh", ".config/powershell/profile.ps1", ". \"$HOME/.cargo/env.ps1\"", "env.ps1", """
            # rustup shell setup
            if (-not ":${env:PATH}:".Contains(":$HOME/.cargo/bin:")) {
                ${env:PATH} = "$HOME/.cargo/bin:${env:PATH}";
            }

            """ },
        { "xonsh", ".config/xonsh/rc.xsh", "source \"$HOME/.cargo/env.xsh\"", "env.xsh", """
            $PATH.append(_cargo_bin) if (_cargo_bin := '$HOME/.cargo/bin') not in $PATH else None

            """ },
    };

    [Theory]
    [MemberData(nameof(Shells))]
    public void of_each_shell_read_its_script(string shell, string profile, string line, string scriptName, string script)
    {
        Provide(shell);
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal($"{line}\n", ReadInHome(profile));
        Assert.Equal(script, File.ReadAllText(Path.Combine(CargoHome, scriptName)));
        Assert.Equal(new[] { ".profile", profile }.Distinct().Order(StringComparer.Ordinal), ListHome());
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public void name_another_cargo_home_in_full(string shell, string profile, string line, string scriptName, string script)
    {
        Provide(shell);
        var elsewhere = Folder["elsewhere"];
        Variables["CARGO_HOME"] = elsewhere;
        Install(NoQuestions).ShouldSucceed();

        string InFull(string text) => text.Replace("$HOME/.cargo", elsewhere, StringComparison.Ordinal).Replace("~/.cargo", elsewhere, StringComparison.Ordinal);
        Assert.Equal($"{InFull(line)}\n", ReadInHome(profile));
        Assert.Equal(InFull(script), File.ReadAllText(Path.Combine(elsewhere, scriptName)));
    }

    [Theory]
    [InlineData("/usr/local/bin/zsh", ".zshenv")]
    [InlineData("/opt/fish/bin/fish", ".config/fish/conf.d/rustup.fish")]
    [InlineData("/bin/tcsh", ".tcshrc")]
    [InlineData("/bin/csh", null)]
    [InlineData("/bin/xonsh", null)]
    public void are_also_those_of_the_login_shell_wherever_it_is(string shell, string? profile)
    {
        Variables["SHELL"] = shell;
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal(new[] { profile, ".profile" }.OfType<string>().Order(StringComparer.Ordinal), ListHome());
    }

    [Fact]
    public void of_bash_are_changed_only_where_they_are()
    {
        WriteInHome(".bashrc", "# mine\n");
        WriteInHome(".bash_login", "");
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal([".bash_login", ".bashrc", ".profile"], ListHome());
        Assert.Equal($"# mine\n{Line}\n", ReadInHome(".bashrc"));
        // As rustup does: an empty file lacks a line break, too.
        Assert.Equal($"\n{Line}\n", ReadInHome(".bash_login"));
    }

    [Fact]
    public void of_zsh_are_where_ZDOTDIR_says_or_zsh_itself()
    {
        Variables["SHELL"] = "/bin/zsh";
        Variables["ZDOTDIR"] = InHome("said");
        Install(NoQuestions).ShouldSucceed();
        Assert.Equal([".profile", "said/.zshenv"], ListHome());

        Variables["SHELL"] = "/bin/sh";
        Variables["ZDOTDIR"] = null;
        Provide("zsh", $"printf %s {InHome("asked")}");
        Install(NoQuestions).ShouldSucceed();
        Assert.Equal([".profile", "asked/.zshenv", "said/.zshenv"], ListHome());
    }

    [Fact]
    public void of_zsh_in_the_home_directory_are_used_if_there_are_none_in_ZDOTDIR()
    {
        Variables["SHELL"] = "/bin/zsh";
        Variables["ZDOTDIR"] = InHome("said");
        WriteInHome(".zshenv", "# mine\n");
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal([".profile", ".zshenv"], ListHome());
    }

    [Fact]
    public void are_below_XDG_CONFIG_HOME_where_the_shell_looks_there()
    {
        foreach (var shell in new[] { "fish", "nu", "pwsh", "tcsh", "xonsh" })
        {
            Provide(shell);
        }
        WriteInHome(".cshrc", "# mine\n");
        Variables["XDG_CONFIG_HOME"] = InHome("xdg");
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal(
            [".config/powershell/profile.ps1", ".cshrc", ".profile", "xdg/fish/conf.d/rustup.fish", "xdg/nushell/config.nu", "xdg/xonsh/rc.xsh"],
            ListHome());
    }

    [Fact]
    public void are_changed_once()
    {
        WriteInHome(".profile", "# no line break at the end");
        WriteInHome(".bashrc", $"# {Line} is what I do not want\n");
        for (var installation = 0; installation < 3; installation++)
        {
            Install(NoQuestions).ShouldSucceed();
        }

        Assert.Equal($"# no line break at the end\n{Line}\n", ReadInHome(".profile"));
        Assert.Equal($"# {Line} is what I do not want\n", ReadInHome(".bashrc"));
    }

    [Fact]
    public void are_left_alone_when_that_was_asked_for()
    {
        WriteInHome(".bashrc", "# mine\n");
        Install([.. NoQuestions, "--no-modify-path"]).ShouldSucceed();

        Assert.Equal([".bashrc"], ListHome());
        Assert.Equal("# mine\n", ReadInHome(".bashrc"));
        Assert.True(File.Exists(Path.Combine(CargoHome, "env")), "the script is there for whoever wants it");
    }

    [Fact]
    public void lose_what_older_versions_of_rustup_wrote()
    {
        Variables["SHELL"] = "/bin/zsh";
        Variables["ZDOTDIR"] = InHome("said");
        foreach (var profile in new[] { ".bash_profile", ".profile", ".zprofile", "said/.zprofile" })
        {
            WriteInHome(profile, "export PATH=\"$HOME/.cargo/bin:$PATH\"\n# mine\nsource \"$HOME/.cargo/env\"\nsource \"$HOME/.cargo/env\" # also mine\n");
        }
        const string Kept = "# mine\nsource \"$HOME/.cargo/env\" # also mine\n";
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal($"{Kept}{Line}\n", ReadInHome(".profile"));
        Assert.Equal($"{Kept}{Line}\n", ReadInHome(".bash_profile"));
        Assert.Equal(Kept, ReadInHome(".zprofile"));
        Assert.Equal(Kept, ReadInHome("said/.zprofile"));
    }

    [Fact]
    public void keep_mode_links_and_bytes_that_are_no_text()
    {
        WriteInHome("dotfiles/bashrc", "\xff\xfe\r\n");
        File.CreateSymbolicLink(InHome(".bashrc"), "dotfiles/bashrc");
        File.CreateSymbolicLink(InHome(".profile"), "dotfiles/profile");
        File.SetUnixFileMode(InHome("dotfiles/bashrc"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        WriteInHome(".bash_profile", "# one of two names\n");
        LinkHard(InHome(".bash_profile"), InHome("same"));
        Install(NoQuestions).ShouldSucceed();

        Assert.Equal("dotfiles/bashrc", new FileInfo(InHome(".bashrc")).LinkTarget);
        Assert.Equal("dotfiles/profile", new FileInfo(InHome(".profile")).LinkTarget);
        Assert.Equal($"\xff\xfe\r\n{Line}\n", ReadInHome("dotfiles/bashrc"));
        Assert.Equal($"{Line}\n", ReadInHome("dotfiles/profile"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(InHome("dotfiles/bashrc")));
        Assert.Equal($"# one of two names\n{Line}\n", ReadInHome("same"));
        Assert.Equal([".bash_profile", ".bashrc", ".profile", "dotfiles/bashrc", "dotfiles/profile", "same"], ListHome());
    }

    [Fact]
    public void that_cannot_be_changed_end_the_installation()
    {
        Directory.CreateDirectory(InHome(".profile"));

        Assert.StartsWith(
            "error: could not amend shell profile: '[HOME]/.profile': ", Install(NoQuestions).ShouldFail().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void changed_by_three_installers_at_once_lose_no_line()
    {
        WriteInHome(".profile", "# mine\n");
        Variables["CARGO_HOME"] = Folder["first"];
        var first = LaunchUntil("setup/after-record", Path.Combine(Published, "rustup-init"), NoQuestions);
        Variables["CARGO_HOME"] = Folder["second"];
        Variables[CrashPointVariable] = "setup/after-record=stop";
        var second = Launch(Path.Combine(Published, "rustup-init"), NoQuestions);
        Variables.Remove(CrashPointVariable);
        WaitUntilAtProfile(second);

        // The second has waited for a file that has lost its name; it must come to hold the one that has it now.
        FinishStopped(first).ShouldSucceed();
        WaitFor("the second to stop", () => second.HasExited || Processes.IsStopped(second.Id));
        Variables["CARGO_HOME"] = Folder["third"];
        var third = Launch(Path.Combine(Published, "rustup-init"), NoQuestions);
        WaitUntilAtProfile(third);
        FinishStopped(second).ShouldSucceed();
        Finish(third).ShouldSucceed();

        Assert.Equal(
            $"# mine\n. \"{Folder["first"]}/env\"\n. \"{Folder["second"]}/env\"\n. \"{Folder["third"]}/env\"\n",
            ReadInHome(".profile"));
    }

    [Fact]
    public void changed_by_many_installers_at_once_have_every_line_once()
    {
        const int Installers = 6;
        var homes = Enumerable.Range(0, Installers).Select(number => Folder[$"cargo-{number.ToString(CultureInfo.InvariantCulture)}"]).ToList();
        var running = homes.Select(home =>
        {
            Variables["CARGO_HOME"] = home;
            return Launch(Path.Combine(Published, "rustup-init"), NoQuestions);
        }).ToList();

        Assert.All(running, installer => Finish(installer).ShouldSucceed());

        Assert.Equal(homes.Select(home => $". \"{home}/env\""), File.ReadAllLines(InHome(".profile")).Where(line => line.Length > 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void after_a_kill_in_the_middle_are_completed_by_the_next_installer_and_restored_by_uninstalling()
    {
        WriteInHome(".profile", "# no line break at the end");
        RequireKilledAt("setup/after-record", Path.Combine(Published, "rustup-init"), NoQuestions);
        Assert.Equal("# no line break at the end", ReadInHome(".profile"));

        Install(NoQuestions).ShouldSucceed();
        Assert.Equal($"# no line break at the end\n{Line}\n", ReadInHome(".profile"));

        Uninstall("", "-y").ShouldSucceed();
        Assert.Equal("# no line break at the end", ReadInHome(".profile"));
    }

    private void WaitUntilAtProfile(Process installer) => WaitFor("an installer to be at the profile", () =>
        installer.HasExited || Processes.ListHolders(InHome(".profile")).Contains(installer.Id));
}
