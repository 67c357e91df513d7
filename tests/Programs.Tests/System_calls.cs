using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>What a proxy asks of the kernel until it becomes its tool, as strace sees it; skipped, and said, where there is none.</summary>
public sealed partial class The_system_calls_of_a_proxy(ITestOutputHelper log) : ProgramTest
{
    private const string Tracer = "/usr/bin/strace";

    // From the start of our code on: what the runtime does before it differs from machine to machine.
    private const string BeginOfOurs = "/proc/self/cmdline";

    [Fact]
    public void write_to_nothing()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("default", "stable").ShouldSucceed();

        var calls = TraceProxy();

        Assert.DoesNotContain(calls, OpensForWriting);
        Assert.DoesNotContain(calls, Changes);
    }

    [Fact]
    public void write_the_journals_shared_memory_index_where_it_is_missing_and_nothing_else()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("default", "stable").ShouldSucceed();
        File.Delete(Path.Combine(RustupHome, "store", "journal.db-shm"));

        var calls = TraceProxy();

        Assert.Equal(["journal.db-shm", "journal.db-wal"], calls.Where(OpensForWriting).Select(NameIn).Distinct().Order());
        Assert.Equal(["journal.db-shm"], calls.Where(Changes).Select(NameIn).Distinct());
        Assert.DoesNotContain(TraceProxy(), Changes);
    }

    [Fact]
    public void do_not_reach_the_journal_where_cargo_calls_while_its_toolchain_stays()
    {
        if (IsSkipped())
        {
            return;
        }
        const int CallsMax = 40;
        Rustup("default", "stable").ShouldSucceed();
        var given = Rustup("run", "stable", "env").ShouldSucceed().Output.Split('\n').Select(line => line.Split('=', 2));
        foreach (var variable in given.Where(pair => pair[0] is "RUSTUP_TOOLCHAIN" or "RUSTUP_STORE_PINNED_TREE" or "LD_LIBRARY_PATH"))
        {
            Variables[variable[0]] = variable[1];
        }

        var calls = TraceProxy();

        calls.ForEach(log.WriteLine);
        Assert.DoesNotContain(calls, call => call.Contains("journal.db", StringComparison.Ordinal));
        Assert.Single(calls, call => call.Contains("F_OFD_SETLK", StringComparison.Ordinal));
        Assert.InRange(calls.Count, 1, CallsMax);
    }

    [Fact]
    public void read_no_manifest_and_no_toml_but_the_toolchain_file()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("toolchain", "install", "stable", "--component", "clippy").ShouldSucceed();
        var project = Directory.CreateDirectory(Folder["project/inner"]).FullName;
        File.WriteAllText(Folder["project/rust-toolchain.toml"], "[toolchain]\nchannel = \"stable\"\ncomponents = [\"clippy\"]\n");
        WorkingDirectory = project;

        var opened = TraceProxy().Where(call => call.Contains("openat(", StringComparison.Ordinal) && call.Contains($"\"{Folder.Path}/", StringComparison.Ordinal));

        Assert.Equal(
            [".lease", "journal.db", "journal.db-shm", "journal.db-wal", "rust-toolchain.toml"],
            opened.Where(Succeeds).Select(NameIn).Distinct().Order());
    }

    [Fact]
    public void are_as_many_with_a_hundred_toolchains_and_overrides_as_with_one()
    {
        if (IsSkipped())
        {
            return;
        }
        const int CallsMax = 105, PagesMore = 4;
        Rustup("default", "stable").ShouldSucceed();
        var few = TraceProxy();
        var directory = Directory.CreateDirectory(Folder["linked/bin"]).Parent!.FullName;
        Directory.CreateDirectory(Folder["linked/lib"]);
        File.Copy("/bin/true", Folder["linked/bin/rustc"]);
        for (var number = 0; number < 100; number++)
        {
            Rustup("toolchain", "link", $"mine-{number}", directory).ShouldSucceed();
            Rustup("override", "set", $"mine-{number}", "--path", Directory.CreateDirectory(Folder[$"projects/{number}"]).FullName).ShouldSucceed();
        }

        var many = TraceProxy();

        log.WriteLine($"{few.Count} and {many.Count} system calls, the latter:");
        many.ForEach(log.WriteLine);
        // A larger table is a page deeper.
        Assert.InRange(many.Count, few.Count - PagesMore, few.Count + PagesMore);
        Assert.InRange(many.Count, 1, CallsMax);
    }

    [Fact]
    public void take_few_locks_where_the_journal_is_shared_by_machines()
    {
        if (IsSkipped())
        {
            return;
        }
        const int JournalLocksMax = 8;
        Rustup("default", "stable").ShouldSucceed();
        Rustup("store", "convert", "--journal=rollback").ShouldSucceed();

        var calls = TraceProxy();

        var ofJournal = calls.Where(call => JournalLock().IsMatch(call)).ToList();
        var ofLease = calls.Where(call => call.Contains("F_OFD_SETLK", StringComparison.Ordinal)).ToList();
        var counted = $"a lookup over a rollback journal: {ofJournal.Count} lock calls for the journal and {ofLease.Count} for the lease, of {calls.Count} system calls";
        Console.WriteLine(counted);
        log.WriteLine(counted + ":");
        ofJournal.Concat(ofLease).ToList().ForEach(log.WriteLine);
        Assert.InRange(ofJournal.Count, 1, JournalLocksMax);
        Assert.Equal(".lease", NameIn(Assert.Single(ofLease)));
        Assert.DoesNotContain(calls, Changes);
        Assert.DoesNotContain(calls, OpensForWriting);
    }

    [Fact]
    public void ask_once_what_the_file_system_is()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("default", "stable").ShouldSucceed();

        Assert.Single(TraceProxy(), call => call.Contains("statfs(", StringComparison.Ordinal));
    }

    private bool IsSkipped()
    {
        if (File.Exists(Tracer))
        {
            return false;
        }
        var reason = $"SKIPPED {nameof(The_system_calls_of_a_proxy)}: there is no {Tracer}";
        Console.WriteLine(reason);
        log.WriteLine(reason);
        return true;
    }

    /// <summary>The calls between the first line of our code and the exec of the tool.</summary>
    private List<string> TraceProxy()
    {
        var trace = Folder["trace"];
        Start(Tracer, "--follow-forks", "--decode-fds=path", "--output", trace, Path.Combine(Bin, "rustc"), "--version").ShouldSucceed();
        var ours = File.ReadLines(trace)
            .SkipWhile(call => !call.Contains(BeginOfOurs, StringComparison.Ordinal))
            .TakeWhile(call => !call.Contains("execve(", StringComparison.Ordinal))
            .ToList();
        // The runtime's own thread comes and goes meanwhile, and cuts calls in two.
        var thread = ours[0].Split(' ')[0];
        return [.. ours.Where(call => call.Split(' ')[0] == thread && !call.Contains(" resumed>", StringComparison.Ordinal))];
    }

    private static bool OpensForWriting(string call) => OpenedForWriting().IsMatch(call);

    private static bool Changes(string call) => ChangingCall().IsMatch(call);

    private static bool Succeeds(string call) => !call.Contains(" = -1 ", StringComparison.Ordinal);

    /// <summary>The name of the file in a call: of the path that it gives, or else of its descriptor.</summary>
    private static string NameIn(string call)
    {
        var path = GivenPath().Match(call);
        return (path.Success ? path : PathOfDescriptor().Match(call)).Groups["name"].Value;
    }

    [GeneratedRegex(@"\bopenat\(.*\b(O_WRONLY|O_RDWR|O_CREAT)\b")]
    private static partial Regex OpenedForWriting();

    [GeneratedRegex(@"^\d+ +(p?write(64|v|v2)?|f?truncate|rename\w*|(un)?link\w*|symlink\w*|mkdir\w*|rmdir|f?chmod\w*|utimens\w*|fallocate|mknod\w*)\(")]
    private static partial Regex ChangingCall();

    // Those of SQLite; the lease is one of an open file description.
    [GeneratedRegex(@"\bfcntl\(.*\bF_[SG]ETLKW?,")]
    private static partial Regex JournalLock();

    [GeneratedRegex(@"""[^""]*/(?<name>[^/""]+)""")]
    private static partial Regex GivenPath();

    [GeneratedRegex(@"/(?<name>[^/<>]+)>")]
    private static partial Regex PathOfDescriptor();
}
