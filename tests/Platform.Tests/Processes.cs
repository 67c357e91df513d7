using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;

namespace ToolchainStore.Platform.Tests;

/// <summary>What is kept across exec reaches every child of this process, so these tests run one by one.</summary>
[Collection("processes")]
public sealed class Running_a_program_to_its_end : FileSystemTest
{
    private static readonly Dictionary<string, string?> SameEnvironment = [];
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    [Fact]
    public void returns_output_and_exit_code()
    {
        var result = Shell("echo out; echo err >&2; exit 3", Long);

        Assert.Equal(new ProcessResult(3, "out\n", TimedOut: false), result);
    }

    [Fact]
    public void passes_arguments_unchanged()
    {
        var result = Processes.Capture("/bin/sh", ["-c", "printf '<%s>' \"$@\"", "sh", "a b", "", "\"\\'"], SameEnvironment, Long);

        Assert.Equal("<a b><><\"\\'>", result.Output);
    }

    [Fact]
    public void sets_and_removes_variables()
    {
        var environment = new Dictionary<string, string?> { ["ADDED"] = "yes", ["HOME"] = null };

        var result = Processes.Capture("/bin/sh", ["-c", "echo ${ADDED-no} ${HOME-removed}"], environment, Long);

        Assert.Equal("yes removed\n", result.Output);
    }

    [Fact]
    public void gives_it_nothing_to_read() => Assert.Equal(0, Shell("cat", Long).ExitCode);

    [Fact]
    public void does_not_choke_on_much_output() =>
        Assert.Equal(400_000, Shell("head -c 400000 /dev/zero; head -c 400000 /dev/zero >&2", Long).Output.Length);

    [Fact]
    public void ends_it_after_the_timeout()
    {
        var clock = Stopwatch.StartNew();

        var result = Shell("sleep 20", TimeSpan.FromMilliseconds(50));

        Assert.True(result.TimedOut);
        Assert.InRange(clock.Elapsed, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void does_not_wait_for_a_grandchild_that_keeps_the_pipe()
    {
        var clock = Stopwatch.StartNew();

        var result = Shell($"sleep 20 & echo $! > '{At("pid")}'", TimeSpan.FromMilliseconds(100));

        Assert.True(result.TimedOut);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Process.GetProcessById(int.Parse(Files.ReadText(At("pid")))).Kill();
    }

    [Fact]
    public void that_does_not_exist_says_so() =>
        Refused(FileSystemError.NotFound, () => Processes.Capture(At("absent"), [], SameEnvironment, Long));

    private static ProcessResult Shell(string script, TimeSpan timeout) =>
        Processes.Capture("/bin/sh", ["-c", script], SameEnvironment, timeout);
}

[Collection("processes")]
public sealed class Starting_a_program_that_outlives_us : FileSystemTest
{
    [Fact]
    public void hands_down_nothing_but_null_streams()
    {
        using var lease = Kept(FileWith(""));

        // The shell tells of itself: seen from outside, it may just be opening a library. The descriptor it lists them with is gone by then.
        Start("for fd in /proc/$$/fd/*; do (readlink $fd >> $0/new); done; mv $0/new $0/report");

        Assert.Equal("/dev/null\n/dev/null\n/dev/null\n", Report());
    }

    [Fact]
    public void keeps_our_own_leases_ready_for_exec()
    {
        using var lease = Kept(FileWith(""));
        lease.TryLock(LockKind.Exclusive);
        Start(": > $0/report");
        Report();

        using var child = new Sleeper();

        Assert.Contains(Processes.FindHolders(lease.Identity), holder => holder.ProcessId == child.Id);
    }

    [Fact]
    public void gives_it_a_session_of_its_own_and_ordinary_signals()
    {
        Start("read pid name state parent group session rest < /proc/$$/stat; "
            + "echo $((pid - session)) $(sed -n 's/^SigIgn:\t//p' /proc/$$/status) > $0/new; mv $0/new $0/report");

        var report = Report().Split(' ');

        const int BrokenPipe = 1 << 12;
        Assert.Equal("0", report[0]);
        Assert.Equal(0, long.Parse(report[1], NumberStyles.HexNumber | NumberStyles.AllowTrailingWhite) & BrokenPipe);
    }

    [Fact]
    public void lets_a_reader_of_our_output_see_its_end_at_once()
    {
        using var pipe = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        Start("echo $$ > $0/new; mv $0/new $0/report; exec sleep 20");
        pipe.DisposeLocalCopyOfClientHandle();

        Assert.Equal(-1, pipe.ReadByte());

        Process.GetProcessById(int.Parse(Report())).Kill();
    }

    [Fact]
    public void that_does_not_exist_says_so() =>
        Refused(FileSystemError.NotFound, () => Processes.StartDetached(At("absent"), []));

    private void Start(string script) => Processes.StartDetached("/bin/sh", ["-c", script, Root]);

    private string Report()
    {
        Assert.True(SpinWait.SpinUntil(() => Files.Exists(At("report")), TimeSpan.FromSeconds(20)));
        return Files.ReadText(At("report"));
    }

    private static IFile Kept(string path)
    {
        var lease = Files.TryOpenReadWrite(path)!;
        lease.KeepAcrossExec();
        return lease;
    }
}

[Collection("processes")]
public sealed class A_lease_across_exec : FileSystemTest
{
    [Theory]
    [InlineData(LockKind.Shared)]
    [InlineData(LockKind.Exclusive)]
    public void is_held_by_the_child_alone_until_it_ends(LockKind kind)
    {
        using var collector = Files.TryOpenReadWrite(FileWith(""))!;
        Sleeper child;
        using (var lease = Files.TryOpenReadWrite(collector.Path)!)
        {
            lease.TryLock(kind);
            lease.KeepAcrossExec();
            child = new Sleeper();
        }

        using (child)
        {
            Assert.False(collector.TryLock(LockKind.Exclusive));
            Assert.Contains(
                new FileHolder(child.Id, "sleep"), Processes.FindHolders(collector.Identity));
        }

        Assert.True(SpinWait.SpinUntil(() => collector.TryLock(LockKind.Exclusive), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void ends_with_us_unless_it_was_kept()
    {
        using var collector = Files.TryOpenReadWrite(FileWith(""))!;
        Sleeper child;
        using (var lease = Files.TryOpenReadWrite(collector.Path)!)
        {
            lease.TryLock(LockKind.Shared);
            child = new Sleeper();
        }

        using (child)
        {
            Assert.True(collector.TryLock(LockKind.Exclusive));
        }
    }

    [Fact]
    public void names_ourselves_among_the_holders_and_nobody_who_only_reads()
    {
        var path = FileWith("");
        var identity = Files.Status(path)!.Identity;
        using var open = Files.OpenRead(path);
        Assert.Empty(Processes.FindHolders(identity));

        Assert.True(open.TryLock(LockKind.Shared));

        Assert.Equal(Processes.CurrentId, Assert.Single(Processes.FindHolders(identity)).ProcessId);
    }
}

[Collection("processes")]
public sealed class Finding_who_uses_a_directory : FileSystemTest
{
    private const string Variable = "PLATFORM_TESTS_TREE";

    [Fact]
    public void sees_who_runs_a_program_below_it()
    {
        Files.CreateDirectories(At("tree/bin"));
        Files.CopyFile("/bin/sleep", At("tree/bin/sleep"), FileSystemExtensions.SealedExecutable);

        using var user = Launch(At("tree/bin/sleep"), "30");

        AssertUses("tree", user);
    }

    [Fact]
    public void sees_who_stands_in_it()
    {
        using var user = Launch("/bin/sleep", "30", DirectoryAt("tree"));

        Assert.Empty(WaitFor(found => found.FirstOrDefault(each => each.ProcessId == user.Id && each.StandsIn == "tree")).Entries);
    }

    [Fact]
    public void sees_who_has_a_library_of_it_in_memory()
    {
        Files.CreateDirectories(At("tree/lib"));
        var library = Directory.EnumerateFiles("/lib", "libc.so.6", SearchOption.AllDirectories).First();
        Files.CopyFile(library, At("tree/lib/libc.so.6"), FileSystemExtensions.SealedExecutable);

        using var user = Launch("/bin/sleep", "30", variables: ("LD_LIBRARY_PATH", At("tree/lib")));

        AssertUses("tree", user);
    }

    [Fact]
    public void sees_who_was_started_with_the_variable_and_its_children()
    {
        using var user = Launch("/bin/sh", "-c \"sleep 30 & wait\"", variables: (Variable, "a:b=c"));

        // The child is a second shell for a moment.
        var found = WaitFor(users => users.Where(found => found.Variable == "a:b=c").ToList() is { Count: 2 } two
            && two.Exists(user => user.Program == "sleep") ? two : null);
        Assert.Equal(["sh", "sleep"], found.Select(user => user.Program).Order());
        Assert.All(found, other => Assert.Empty(other.Entries));
    }

    [Fact]
    public void does_not_count_ourselves_nor_those_who_do_neither()
    {
        using var bystander = new Sleeper();

        Assert.Empty(Processes.FindUsers(Root, Variable));
    }

    private void AssertUses(string entry, Process user)
    {
        var found = WaitFor(users => users.SingleOrDefault(found => found.ProcessId == user.Id && found.Entries.Count > 0));
        Assert.Equal("sleep", found.Program);
        Assert.Equal([entry], found.Entries);
        Assert.Null(found.Variable);
    }

    /// <summary>A child is listed from its fork on, and shows its own program only after its exec.</summary>
    private T WaitFor<T>(Func<IReadOnlyList<DirectoryUser>, T?> find)
        where T : class
    {
        T? found = null;
        Assert.True(SpinWait.SpinUntil(
            () => (found = find(Processes.FindUsers(Root, Variable))) is not null, TimeSpan.FromSeconds(20)));
        return found!;
    }

    private static Victim Launch(
        string program, string arguments, string directory = "/", params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = directory };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }
        return new Victim(start);
    }

    /// <summary>Killed with its children when the test is over.</summary>
    private sealed class Victim : Process
    {
        internal Victim(ProcessStartInfo start)
        {
            StartInfo = start;
            Start();
        }

        protected override void Dispose(bool disposing)
        {
            Kill(entireProcessTree: true);
            WaitForExit();
            base.Dispose(disposing);
        }
    }
}
