using System.Text.RegularExpressions;

namespace ToolchainStore.Tests.Programs;

/// <summary>What the caller made of streams and variables.</summary>
public sealed class The_surroundings_of_a_command : ProgramTest
{
    [Theory]
    [InlineData(">&-"), InlineData("2>&-"), InlineData("<&-"), InlineData("<&- >&- 2>&-"), InlineData("2>/dev/full")]
    public void may_lack_standard_streams(string redirection)
    {
        Rustup("default", "stable").ShouldSucceed();

        Start("/bin/sh", "-c", $"'{Bin}/rustup' toolchain list {redirection}").ShouldSucceed();
        Start("/bin/sh", "-c", $"'{Bin}/rustup' default nope {redirection}").ShouldFail();
        Start("/bin/sh", "-c", $"'{Bin}/rustc' --version {redirection}").ShouldSucceed();
        Start("/bin/sh", "-c", $"'{Bin}/rustc' +nope {redirection}").ShouldFail();
    }

    [Fact]
    public void may_have_no_room_for_the_output()
    {
        Rustup("default", "stable").ShouldSucceed();

        var outcome = Start("/bin/sh", "-c", $"'{Bin}/rustup' toolchain list >/dev/full").ShouldFail();
        Assert.StartsWith("error: No space left on device", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ask_for_colours_and_get_those_of_rustup()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        Variables["RUSTUP_TERM_COLOR"] = "ALWAYS";

        Assert.Equal($"stable-{Host}\e[1m\e[94m (active, default)\e[0m\n", Rustup("toolchain", "list").Output);
        Assert.StartsWith($"\e[1mcargo-{Host}\e[0m \e[1m\e[94m(installed)\e[0m\n", Rustup("component", "list").Output, StringComparison.Ordinal);
        Assert.Equal("\e[1m\e[31merror:\e[0m toolchain 'nope' is not installed\n", Rustup("default", "nope").Error);
        Assert.Equal("\e[1m\e[31merror:\e[0m toolchain 'nope' is not installed\n", Proxy("rustc", "+nope").Error);
        Assert.Contains($"  \e[1mstable-{Host} unchanged\e[0m - rustc", Rustup("default", "stable").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TERM=xterm", true)]
    [InlineData("TERM=xterm NO_COLOR=1", false)]
    [InlineData("TERM=xterm CLICOLOR=0", false)]
    [InlineData("TERM=dumb", false)]
    [InlineData("TERM=xterm RUSTUP_TERM_COLOR=never", false)]
    public void that_are_a_terminal_get_colours_as_is_the_custom(string variables, bool isColoured)
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        var outcome = Start("/usr/bin/script", "-qec", $"env {variables} '{Bin}/rustup' toolchain list", "/dev/null").ShouldSucceed();
        Assert.Equal(
            isColoured ? $"stable-{Host}\e[1m\e[94m (active, default)\e[0m\r\n" : $"stable-{Host} (active, default)\r\n",
            outcome.Output);
    }

    // .NET's console would tell it how to send keys, and take it out of that mode for whoever comes next.
    [Theory]
    [InlineData("toolchain list")]
    [InlineData("--help")]
    [InlineData("default nope")]
    public void that_are_a_terminal_get_no_codes_but_colours(string command)
    {
        Variables["TERM"] = "xterm";
        Variables["NO_COLOR"] = "1";

        var shown = Start("/usr/bin/script", "-qec", $"'{Bin}/rustup' {command}; '{Bin}/rustup' {command} >/dev/null", "/dev/null").Output;

        Assert.DoesNotContain('\e', shown);
    }

    [Theory]
    [InlineData(80), InlineData(95)]
    public void that_are_a_terminal_get_help_of_its_width(int columns)
    {
        string[] help = ["toolchain", "install", "--help"];
        Variables["NO_COLOR"] = "1";
        Variables["COLUMNS"] = $"{columns}";
        var expected = Rustup(help).ShouldSucceed().Output;
        Variables["COLUMNS"] = "40";

        var shown = Start(
            "/usr/bin/script", "-qec", $"stty cols {columns}; '{Bin}/rustup' {string.Join(' ', help)}", "/dev/null").ShouldSucceed().Output;

        Assert.Equal(expected, shown.Replace("\r\n", "\n", StringComparison.Ordinal));
        Assert.NotEqual(expected, Rustup(help).Output);
    }

    [Fact]
    public void may_stop_reading_the_output()
    {
        var outcome = Start("/bin/sh", "-c", $"{{ '{Bin}/rustup' completions zsh; echo $? >&2; }} | true");

        Assert.Equal("0\n", outcome.Error);
    }

    [Theory]
    [InlineData("0"), InlineData("1")]
    public void see_a_defect_of_ours_as_one_line_that_asks_for_a_report(string backtrace)
    {
        Variables["RUST_BACKTRACE"] = backtrace;
        Variables[CrashPointVariable] = "install/after-unpack=throw";

        var failed = Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldFail();

        Variables.Remove(CrashPointVariable);
        Assert.Equal(1, failed.ExitCode);
        var lines = failed.Error[failed.Error.IndexOf("error: ", StringComparison.Ordinal)..].TrimEnd('\n').Split('\n');
        Assert.Matches(
            "^error: internal error: InvalidOperationException: thrown at install/after-unpack; this is a bug of toolchain-store .+: please report it",
            lines[0]);
        Assert.Equal(backtrace == "1", lines.Length > 1);
        Assert.Equal(backtrace == "1", failed.Error.Contains("   at ", StringComparison.Ordinal));
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
    }

    [Theory]
    [InlineData("RUSTUP_LOG", "error", "")]
    [InlineData("RUSTUP_LOG", "other=trace", "")]
    [InlineData("RUSTUP_LOG", "", "info: default toolchain unset\n")]
    public void choose_which_messages_are_written(string variable, string value, string messages)
    {
        Variables[variable] = value;

        Assert.Equal(messages, Rustup("default", "none").ShouldSucceed().Error);
    }

    [Fact]
    public void date_the_messages_where_a_filter_is_set()
    {
        Variables["RUSTUP_LOG"] = "warn,rustup=info";

        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z  INFO rustup: default toolchain unset\n$", Rustup("default", "none").Error);
    }

    [Fact]
    public void let_a_command_say_what_it_decided_and_how_long_its_steps_took()
    {
        Variables["RUSTUP_LOG"] = "debug";

        var said = Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed().Error;

        foreach (var line in new[]
        {
            "0 of 3 components are in the store, lacking rustc ", @"downloaded rustc in [\d.]+ ms: \d+ bytes, 0 were there",
            @"unpacked rustc in [\d.]+ ms: \d+ files, \d+ bytes", @"composed tree [0-9a-f]{64} in [\d.]+ ms", @"made durable in [\d.]+ ms",
            $"generation 1 of stable-{Host} is tree [0-9a-f]{{64}}", $@"'\S+/toolchains/stable-{Host}' is to lead to \S+",
        })
        {
            Assert.Matches("(?m)^[0-9-]+T[0-9:.]+Z DEBUG rustup: .*" + line, said);
        }
        Assert.DoesNotContain("TRACE", said, StringComparison.Ordinal);
    }

    [Fact]
    public void let_a_command_say_which_locks_requests_transactions_and_crash_points_it_passes()
    {
        Variables["RUSTUP_LOG"] = "trace";

        var said = Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed().Error;

        foreach (var line in new[]
        {
            @"exclusive lock of '\S+/downloads/[0-9a-f]{64}.partial': taken", @"GET \S+/dist/channel-rust-stable.toml: 200, \d+ bytes, answered in [\d.]+ ms",
            @"journal: got the write lock in [\d.]+ ms", @"journal: committed in [\d.]+ ms", @"journal: read in [\d.]+ ms", "at install/before-publish",
        })
        {
            Assert.Matches("(?m)^[0-9-]+T[0-9:.]+Z TRACE rustup: " + line + "$", said);
        }
    }

    [Theory]
    [InlineData("debug", true), InlineData("info", false), InlineData(null, false)]
    public void let_a_proxy_say_what_it_becomes_and_why(string? directives, bool isSaid)
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        if (directives is not null)
        {
            Variables["RUSTUP_LOG"] = directives;
        }

        var said = Proxy("rustc", "--version").ShouldSucceed().Error;

        Assert.Equal(isSaid, Regex.IsMatch(said, $" DEBUG rustup: '\\S+/bin/rustc' of toolchain 'stable-{Host}': it's the default toolchain\n$"));
        Assert.True(isSaid || said.Length == 0, said);
    }

    [Theory]
    [InlineData("RUST_BACKTRACE", "1", "\n\nCaused by:\n    ")]
    [InlineData("RUST_BACKTRACE", "0", ": ")]
    public void ask_for_causes_one_below_the_other(string variable, string value, string between)
    {
        File.WriteAllText(Folder["rust-toolchain.toml"], "[toolchain]\n");
        WorkingDirectory = Folder.Path;
        Variables[variable] = value;

        Assert.Equal(
            $"error: could not parse override file: '{Folder["rust-toolchain.toml"]}'{between}missing toolchain properties in toolchain override file\n",
            Proxy("rustc").ShouldFail().Error);
    }

    [Fact]
    public void choose_a_default_toolchain_for_everybody()
    {
        File.WriteAllText(Folder["fallback.toml"], "default_toolchain = \"beta\"\n");
        Variables["RUSTUP_OVERRIDE_UNIX_FALLBACK_SETTINGS"] = Folder["fallback.toml"];

        Assert.Equal($"beta-{Host} (default)\n", Rustup("default").ShouldSucceed().Output);
        Assert.StartsWith("rustc 1.93.0-beta", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        Assert.Equal($"stable-{Host}\nbeta-{Host} (active, default)\n", Rustup("toolchain", "list").Output);
    }

    [Theory]
    [InlineData("RUSTUP_TOOLCHAIN", "none", "invalid path toolchain 'none'")]
    [InlineData("RUSTUP_TOOLCHAIN", "/nowhere/x", "invalid toolchain: the path '/nowhere/x' has no bin/ directory")]
    [InlineData("RUSTUP_OVERRIDE_HOST_TRIPLE", "x86_64", "Provided host 'x86_64' did not specify an operating system")]
    public void that_mean_nothing_are_reported_by_every_command(string variable, string value, string message)
    {
        Variables[variable] = value;

        Assert.Equal($"error: {message}\n", Rustup("toolchain", "list").ShouldFail().Error);
        Assert.Equal($"error: {message}\n", Proxy("rustc", "+stable").ShouldFail().Error);
    }

    [Theory]
    [InlineData("rustup", "rustc", "rustc 1.91.0 (hash-s1 2026-01-01)\n")]
    [InlineData("rustc", "rustup", "rustup 1.29.0")]
    [InlineData("cargo", "rustup-init", "rustup-init 1.29.0")]
    public void make_another_program_of_it(string program, string name, string version)
    {
        Rustup("default", "stable").ShouldSucceed();
        Variables["RUSTUP_FORCE_ARG0"] = name;

        Assert.StartsWith(version, Proxy(program, "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void may_know_the_command_line_by_the_name_of_a_tool()
    {
        Rustup("default", "stable").ShouldSucceed();
        var link = Folder["rustdoc"];
        File.CreateSymbolicLink(link, Path.Combine(Bin, "rustup"));

        Assert.StartsWith("rustdoc 1.91.0", Start(link, "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void name_a_browser_which_opens_the_page_and_outlives_the_command()
    {
        Rustup("default", "stable").ShouldSucceed();
        var browser = Folder["browser"];
        File.WriteAllText(browser, $"#!/bin/sh\necho \"$@\" >'{Folder["opened"]}.new'\nmv '{Folder["opened"]}.new' '{Folder["opened"]}'\nexit 3\n");
        File.SetUnixFileMode(browser, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Variables["BROWSER"] = browser;

        Assert.Equal("Opening docs named `std` in your browser\n", Rustup("doc", "std").ShouldSucceed().Error);

        WaitFor("the browser", () => File.Exists(Folder["opened"]));
        Assert.Equal($"file://{RustupHome}/toolchains/stable-{Host}/share/doc/rust/html/std/index.html\n", File.ReadAllText(Folder["opened"]));
    }

    [Fact]
    public void may_have_no_browser()
    {
        Rustup("default", "stable").ShouldSucceed();
        Variables["BROWSER"] = "no-such-browser";

        Assert.EndsWith(
            "error: couldn't open browser: error spawning command(s) 'no-such-browser': No such file or directory (os error 2)\n",
            Rustup("doc").ShouldFail().Error, StringComparison.Ordinal);
    }
}
