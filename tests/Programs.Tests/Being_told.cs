using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>Processes that still run from what a toolchain was before a command: they may go on, unless somebody wants their end.</summary>
public sealed class A_tool_that_a_command_overtakes : ProgramTest
{
    private const int Terminated = 128 + 15, Killed = 128 + 9;

    private readonly ITestOutputHelper log;
    private readonly string tree;

    public A_tool_that_a_command_overtakes(ITestOutputHelper log)
    {
        this.log = log;
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("default", "nightly").ShouldSucceed();
        tree = TreeOf($"nightly-{Host}");
        SmallMirror.AdvanceTo(Mirror, 2);
    }

    public static TheoryData<string> Commands => ["update nightly", "update", "component remove clippy", "toolchain uninstall nightly"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void is_named_and_may_go_on(string command)
    {
        var tool = LaunchSleep();

        var overtaking = Rustup(command.Split(' ')).ShouldSucceed();

        Assert.Contains(
            $"info: sleep (process {tool.Id}) still runs from the previous toolchain and may go on\n", overtaking.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("sleep", overtaking.Output, StringComparison.Ordinal);
        Assert.False(tool.HasExited);
        Kill(tool);
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void is_not_mentioned_where_there_is_none(string command)
    {
        var outcome = Rustup([.. command.Split(' '), "--stop-running"]).ShouldSucceed();

        Assert.DoesNotContain("process", outcome.Error, StringComparison.Ordinal);
        CollectEverything().ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void is_ended_with_stop_running(string command)
    {
        var tool = LaunchSleep();

        var overtaking = Rustup([.. command.Split(' '), "--stop-running"]).ShouldSucceed();

        Assert.Contains($"info: stopping sleep (process {tool.Id})\n", overtaking.Error, StringComparison.Ordinal);
        Finish(tool).ShouldFail(Terminated);
        CollectEverything().ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    [Fact]
    public void is_ended_although_it_has_dropped_its_lease()
    {
        var tool = Launch(Path.Combine(Bin, "cargo"), "close-all", "true");
        Assert.Equal("closed", tool.StandardOutput.ReadLine());

        Rustup("toolchain", "uninstall", "nightly", "--stop-running").ShouldSucceed();

        Finish(tool).ShouldFail(Terminated);
    }

    [Fact]
    public void that_was_left_by_an_earlier_command_is_ended_by_the_next()
    {
        var tool = LaunchSleep();
        Rustup("update", "nightly").ShouldSucceed();

        var next = Rustup("update", "nightly", "--stop-running").ShouldSucceed();

        Assert.Contains("unchanged", next.Output, StringComparison.Ordinal);
        Finish(tool).ShouldFail(Terminated);
    }

    [Fact]
    public void that_ignores_the_signal_is_killed_after_a_grace()
    {
        var tool = Launch(Path.Combine(Bin, "cargo"), "call", "perl", "-e", "$SIG{TERM} = 'IGNORE'; $| = 1; print \"ready\\n\"; sleep 60");
        Assert.Equal("ready", tool.StandardOutput.ReadLine());

        var update = Rustup("update", "nightly", "--stop-running").ShouldSucceed();

        Assert.Contains($"warn: perl (process {tool.Id}) did not end within 5 s, and is killed\n", update.Error, StringComparison.Ordinal);
        Finish(tool).ShouldFail(Killed);
    }

    [Fact]
    public void that_reads_what_the_command_says_is_spared()
    {
        var build = Proxy("cargo", "call", "sh", "-c", "rustup update nightly --stop-running 2>&1 | { cat; echo went on; }");

        Assert.EndsWith("went on\n", build.ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void is_not_who_only_stands_in_the_toolchain_or_reads_of_it()
    {
        var tree = TreeOf($"nightly-{Host}");
        var standing = Launch("/bin/sh", "-c", $"cd '{tree}' && echo ready && exec sleep 60");
        var reading = Launch("/bin/sh", "-c", $"echo ready && exec sleep 60 < '{tree}/.lease'");
        Assert.Equal("ready", standing.StandardOutput.ReadLine());
        Assert.Equal("ready", reading.StandardOutput.ReadLine());

        var update = Rustup("update", "nightly", "--stop-running").ShouldSucceed();

        Assert.DoesNotContain("stop", update.Error, StringComparison.Ordinal);
        foreach (var process in new[] { standing, reading })
        {
            Assert.False(process.HasExited);
            process.Kill();
            Finish(process);
        }
    }

    [Fact]
    public void that_the_command_runs_in_is_spared()
    {
        var build = Proxy("cargo", "call", "sh", "-c", "rustup update nightly --stop-running; echo went on $?");

        Assert.EndsWith("went on 0\n", build.ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Matches(@"warn: sh \(process \d+\) was not stopped: this command runs in it or writes to it\n", build.Error);
    }

    [Fact]
    public void by_another_name_is_not_meant()
    {
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        Rustup("toolchain", "install", "1.91.0").ShouldSucceed();
        Assert.Equal(TreeOf($"stable-{Host}"), TreeOf($"1.91.0-{Host}"));
        var tool = LaunchSleep("+1.91.0");

        var uninstall = Rustup("toolchain", "uninstall", "stable", "--stop-running").ShouldSucceed();

        Assert.DoesNotContain("process", uninstall.Error, StringComparison.Ordinal);
        Assert.False(tool.HasExited);
        Kill(tool);
    }

    [Fact]
    public void of_another_user_is_not_signalled_and_named_as_such()
    {
        const string Switch = "use POSIX; POSIX::setuid(65534) or die; exec @ARGV";
        if (Environment.UserName != "root")
        {
            var reason = $"SKIPPED {nameof(of_another_user_is_not_signalled_and_named_as_such)}: it takes root to be another user";
            Console.WriteLine(reason);
            log.WriteLine(reason);
            return;
        }
        var tool = LaunchSleep("call", "perl", "-e", Switch);

        var update = Rustup("update", "nightly", "--stop-running").ShouldSucceed();

        Assert.Contains(
            $"warn: sleep (process {tool.Id}) was not stopped: it is a process of another user\n", update.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("stopping", update.Error, StringComparison.Ordinal);
        Assert.False(tool.HasExited);
        Kill(tool);
    }

    private Process LaunchSleep(params string[] leading)
    {
        string[] called = leading is ["call", ..] ? [.. leading] : [.. leading, "call"];
        var tool = Launch(Path.Combine(Bin, "cargo"), [.. called, "/bin/sleep", "60"]);
        WaitFor("the tool to sleep", () => Processes.NameOf(tool.Id) == "sleep");
        return tool;
    }
}

/// <summary>A proxy that stays as the parent of its tool: nobody can tell the difference but by a notice.</summary>
public sealed class A_supervised_tool : ProgramTest
{
    public A_supervised_tool()
    {
        Rustup("default", "nightly").ShouldSucceed();
        Variables["RUSTUP_STORE_SUPERVISE"] = "1";
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("kill -KILL $$", 128 + 9)]
    [InlineData("kill -SEGV $$", 128 + 11)]
    [InlineData("kill -INT $$", 128 + 2)]
    public void ends_the_proxy_as_it_ends_itself(string script, int exitCode)
    {
        var outcome = Proxy("cargo", "call", "perl", "-e", "$SIG{INT} = 'DEFAULT'; exec 'sh', '-c', shift", script);

        Assert.Equal(exitCode, outcome.ExitCode);
        Assert.Equal("", outcome.Error);
        // Exit code or signal: a parent can tell them apart.
        var seen = Start("/usr/bin/perl", "-e", "system @ARGV; print $? & 127", Path.Combine(Bin, "cargo"), "call", "sh", "-c", script);
        Assert.Equal(exitCode > 128 ? exitCode - 128 : 0, int.Parse(seen.Output, CultureInfo.InvariantCulture));
    }

    [Fact]
    public void is_a_child_with_the_same_arguments_variables_and_streams()
    {
        const string Report = "printf '%s|' \"$@\"; printf '\\377' | od -An -tx1; env | grep ^RUST | sort; cat; cat /proc/$PPID/comm >&2";
        string[] arguments = ["call", "sh", "-c", Report, "sh", "a b", "", "ä\"\\"];
        using var supervised = Launch(Path.Combine(Bin, "cargo"), arguments);
        supervised.StandardInput.Write("input");
        var outcome = Finish(supervised).ShouldSucceed();

        Variables.Remove("RUSTUP_STORE_SUPERVISE");
        using var plain = Launch(Path.Combine(Bin, "cargo"), arguments);
        plain.StandardInput.Write("input");
        var expected = Finish(plain).ShouldSucceed().Output;

        Assert.Equal(expected, outcome.Output.Replace("RUSTUP_STORE_SUPERVISE=1\n", "", StringComparison.Ordinal));
        Assert.Equal("rustup\n", outcome.Error);
    }

    [Fact]
    public void may_be_called_by_another_name()
    {
        Variables["RUSTUP_FORCE_ARG0"] = "rustc";

        Assert.Equal("rustc 1.94.0-nightly (hash-n1 2026-01-01)\n", Proxy("cargo", "--version").ShouldSucceed().Output);
    }

    [Fact]
    public void that_cannot_be_executed_is_an_error()
    {
        var tool = Path.Combine(TreeOf($"nightly-{Host}"), "bin", "cargo");
        File.SetUnixFileMode(tool, UnixFileMode.UserRead);
        try
        {
            Assert.StartsWith("error: could not ", Proxy("cargo").ShouldFail().Error, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(tool, (UnixFileMode)0x16d);
        }
    }

    [Fact]
    public void is_given_arguments_that_are_not_utf8()
    {
        var outcome = Start("/bin/sh", "-c", "exec cargo call sh -c 'printf %s \"$1\" | od -An -tx1' sh \"$(printf 'a\\377')\"");

        Assert.Equal(" 61 ff\n", outcome.ShouldSucceed().Output);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("USR1")]
    [InlineData("USR2")]
    public void gets_the_signals_that_are_sent_to_the_proxy(string signal)
    {
        var proxy = LaunchTrap(signal);

        Processes.Send(proxy.Id, signal);

        var outcome = Finish(proxy);
        Assert.Equal((3, "told\n"), (outcome.ExitCode, outcome.Output));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public void gets_once_what_the_terminal_sends_to_its_group_and_is_waited_for(string signal)
    {
        var proxy = Launch(
            "/usr/bin/perl", "-e", "setpgrp; $SIG{INT} = $SIG{QUIT} = 'DEFAULT'; exec @ARGV", Path.Combine(Bin, "cargo"), "call", "perl", "-e", Trap(signal));
        Assert.Equal("ready", proxy.StandardOutput.ReadLine());

        Start("/bin/sh", "-c", $"kill -{signal} -{proxy.Id.ToString(CultureInfo.InvariantCulture)}").ShouldSucceed();

        var outcome = Finish(proxy);
        Assert.Equal((3, "told\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public void ignores_what_its_caller_wants_ignored()
    {
        var outcome = Start(
            "/bin/sh", "-c", "trap '' HUP TERM; exec cargo call sh -c 'kill -HUP $PPID; kill -TERM $PPID; kill -HUP $$; kill -TERM $$; echo alive'");

        Assert.Equal("alive\n", outcome.ShouldSucceed().Output);
    }

    [Fact]
    public void is_asked_to_end_when_a_notice_says_so()
    {
        var proxy = LaunchTrap("TERM");

        Insert(Path.GetFileName(TreeOf($"nightly-{Host}")), $"nightly-{Host}");

        var outcome = Finish(proxy);
        Assert.Equal((3, "told\n"), (outcome.ExitCode, outcome.Output));
        Assert.Equal(
            $"info: stopping cargo: a command that changed nightly-{Host} was given `--stop-running`\n", outcome.Error);
    }

    [Fact]
    public void that_does_not_end_when_it_is_asked_to_is_killed_after_a_grace()
    {
        var proxy = Launch(Path.Combine(Bin, "cargo"), "call", "perl", "-e", "$SIG{TERM} = 'IGNORE'; $| = 1; print \"ready\\n\"; sleep 60");
        Assert.Equal("ready", proxy.StandardOutput.ReadLine());
        var told = Stopwatch.GetTimestamp();

        Insert(Path.GetFileName(TreeOf($"nightly-{Host}")), $"nightly-{Host}");

        Finish(proxy).ShouldFail(128 + 9);
        Assert.InRange(Stopwatch.GetElapsedTime(told), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void goes_on_when_a_notice_is_for_others_or_from_before()
    {
        var tree = Path.GetFileName(TreeOf($"nightly-{Host}"));
        Insert(tree, $"nightly-{Host}");
        var proxy = Launch(Path.Combine(Bin, "cargo"), "call", "perl", "-e", "$| = 1; print \"ready\\n\"; <STDIN>; print \"went on\\n\"");
        Assert.Equal("ready", proxy.StandardOutput.ReadLine());

        Insert(tree, $"stable-{Host}");
        Insert(new string('0', 64), $"nightly-{Host}");
        // Three polls.
        Thread.Sleep(1500);

        Assert.Equal("went on\n", Finish(proxy).ShouldSucceed().Output);
    }

    [Fact]
    public void is_ended_with_its_proxy_by_stop_running()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        var tree = TreeOf($"nightly-{Host}");
        var proxy = Launch(Path.Combine(Bin, "cargo"), "call", "perl", "-e", "$| = 1; print \"ready\\n\"; sleep 60");
        Assert.Equal("ready", proxy.StandardOutput.ReadLine());

        var update = Rustup("update", "nightly", "--stop-running").ShouldSucceed();

        Finish(proxy).ShouldFail(128 + 15);
        // The tool may be gone before it is its turn, because its proxy passed the end on.
        Assert.Matches(@"info: stopping ([^\n]+, )?rustup \(process \d+\)", update.Error);
        CollectEverything().ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    private Process LaunchTrap(string signal)
    {
        var proxy = Launch(Path.Combine(Bin, "cargo"), "call", "perl", "-e", Trap(signal));
        Assert.Equal("ready", proxy.StandardOutput.ReadLine());
        return proxy;
    }

    /// <summary>Says each time it gets the signal, and ends a moment after the first.</summary>
    private static string Trap(string signal) =>
        $"my $end; $SIG{{{signal}}} = sub {{ print \"told\\n\"; $end ||= time + 1 }}; $| = 1; print \"ready\\n\"; " +
        "select undef, undef, undef, 0.05 until $end && time > $end; exit 3";

    /// <summary>As a command with <c>--stop-running</c> does on another machine.</summary>
    private void Insert(string tree, string name)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(RustupHome, "store", "journal.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO notice (tree_id, toolchain_name, kind, created_at) VALUES ($tree, $name, 'stop', 0)";
        command.Parameters.AddWithValue("$tree", tree);
        command.Parameters.AddWithValue("$name", name);
        Assert.Equal(1, command.ExecuteNonQuery());
    }
}
