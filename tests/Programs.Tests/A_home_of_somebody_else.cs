using System.Globalization;
using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>
/// RUSTUP_HOME belongs to root, as in most container images, and an ordinary user works with it. Skipped, and said, for
/// those who cannot become another user.
/// </summary>
public sealed partial class A_home_of_somebody_else : ProgramTest
{
    private const string Tracer = "/usr/bin/strace";
    private const string OtherUser = "12345";

    private static readonly string[] ReadingCommands =
    [
        "show", "show home", "show profile", "show active-toolchain -v", "toolchain list", "toolchain list -v", "which rustc",
        "which --toolchain nightly cargo", "default", "component list", "component list --installed --toolchain nightly",
        "target list --installed", "override list", "run nightly rustc --version", "run stable cargo --version", "check",
        "doc --path", "store status", "store verify", "store verify --contents", "completions bash", "--version",
        "store log", "store gc --dry-run", "toolchain history nightly", "dump-testament", "which no-such-tool", "run no-such-toolchain x", "component list --toolchain no-such-toolchain",
    ];

    private static readonly string[] Tools =
    [
        "rustc", "rustdoc", "cargo", "rust-gdb", "cargo-clippy", "clippy-driver", "rustfmt", "cargo-fmt",
    ];

    // No component of the small channel has them: each says so.
    private static readonly string[] MissingTools = ["rust-lldb", "rust-gdbgui", "rls", "cargo-miri", "rust-analyzer"];

    private readonly ITestOutputHelper log;

    public A_home_of_somebody_else(ITestOutputHelper log)
    {
        this.log = log;
        Rustup("default", "stable").ShouldSucceed();
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        Rustup("override", "set", "nightly", "--path", "/somewhere").ShouldSucceed();
        File.SetUnixFileMode(Folder.Path, (UnixFileMode)0b111_101_101);
        Directory.CreateDirectory(Temporary);
        File.SetUnixFileMode(Temporary, (UnixFileMode)0b111_111_111);
        Variables["TMPDIR"] = Temporary;
    }

    private string Temporary => Folder["temporary"];

    private string Journal => Path.Combine(RustupHome, "store", "journal.db");

    public static TheoryData<Leftover> Leftovers { get; } = [.. Enum.GetValues<Leftover>()];

    /// <summary>What whoever wrote last left of the journal's log and its index.</summary>
    public enum Leftover
    {
        AnEmptyLog,
        ACommitInTheLog,
        ACommitInTheLogAndNoIndex,
        AnEmptyLogAndNoIndex,
        NeitherLogNorIndex,
        AnEditedSettingsFile,
    }

    [Theory, MemberData(nameof(Leftovers))]
    public void is_read_as_its_owner_reads_it(Leftover leftover)
    {
        if (IsSkipped())
        {
            return;
        }
        Leave(leftover);
        var before = ListHome();

        // The owner afterwards: its commands write what they find to be written.
        var others = ReadingCommands.Select(command => AsOther("rustup", command.Split(' '))).ToList();
        Assert.Equal(before, ListHome());
        var owners = ReadingCommands.Select(command => Rustup(command.Split(' '))).ToList();

        Assert.All(ReadingCommands.Zip(owners, others), asked =>
            Assert.Equal((asked.First, asked.Second), (asked.First, asked.Third)));
        Assert.Equal($"{ActiveAfter(leftover)}-{Host} (default)\n", others[Array.IndexOf(ReadingCommands, "default")].Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Temporary));
    }

    [Theory, MemberData(nameof(Leftovers))]
    public void is_run_from_by_every_proxy(Leftover leftover)
    {
        if (IsSkipped())
        {
            return;
        }
        Leave(leftover);
        var before = ListHome();

        var version = ActiveAfter(leftover) == "stable" ? "1.91.0 (hash-s1 2026-01-01)" : "1.94.0-nightly (hash-n1 2026-01-01)";
        Assert.All(Tools, tool => Assert.Equal(
            new Outcome(0, $"{tool} {version}\n", ""), AsOther(tool, "--version")));
        Assert.Equal(
            new Outcome(0, TreeOf($"nightly-{Host}") + "\n", ""), AsOther("rustc", "+nightly", "--print", "sysroot"));
        Assert.Equal(before, ListHome());
        Assert.All(MissingTools, tool => Assert.Equal(AsOther(tool, "--version"), Proxy(tool, "--version")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Temporary));
    }

    [Theory, MemberData(nameof(Leftovers))]
    public void sees_no_call_that_opens_for_writing_or_makes_anything_below_it(Leftover leftover)
    {
        if (IsSkipped(Tracer))
        {
            return;
        }
        Leave(leftover);

        Assert.All(
            [
                .. Tools.Concat(MissingTools).Select(tool => $"{tool} --version"), .. ReadingCommands.Select(command => $"rustup {command}"),
                "rustup store doctor", "rustup store report",
            ],
            command => Assert.DoesNotContain(Trace(BecomingOther, command.Split(' ')), Writes));
        // Else nothing would be found at all.
        Assert.Contains(Trace([], ["rustup", "set", "profile", "complete"]), Writes);
    }

    [Theory]
    [InlineData("toolchain install beta"), InlineData("toolchain install stable"), InlineData("update"), InlineData("default nightly")]
    [InlineData("override set nightly"), InlineData("override unset --path /somewhere"), InlineData("component add rust-src")]
    [InlineData("target add wasm32-unknown-unknown"), InlineData("toolchain uninstall nightly"), InlineData("set profile minimal")]
    [InlineData("store gc"), InlineData("run --install beta rustc --version")]
    public void is_not_changed_and_a_command_that_would_says_whose_it_is(string command)
    {
        if (IsSkipped())
        {
            return;
        }
        var before = ListHome();

        RequireRefusal(AsOther("rustup", command.Split(' ')));

        Assert.Equal(before, ListHome());
    }

    [Fact]
    public void lacks_a_toolchain_and_the_proxy_says_whose_it_is()
    {
        if (IsSkipped())
        {
            return;
        }
        RequireRefusal(AsOther("rustc", "+beta", "--version"));
        WorkingDirectory = Directory.CreateDirectory(Folder["project"]).FullName;
        File.WriteAllText(Folder["project/rust-toolchain.toml"], "[toolchain]\nchannel = \"stable\"\ncomponents = [\"rust-src\"]\n");
        RequireRefusal(AsOther("cargo", "--version"));
    }

    [Fact]
    public void is_not_collected_under_the_other_user()
    {
        if (IsSkipped())
        {
            return;
        }
        var tree = TreeOf($"nightly-{Host}");
        using var build = Launch("/usr/bin/setpriv", [.. BecomingOther, Path.Combine(Bin, "cargo"), "+nightly", "then", "rustc", "--print", "sysroot"]);
        WaitUntilHeld(tree);

        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();
        CollectEverything().ShouldSucceed();

        Assert.Equal(tree + "\n", Finish(build).ShouldSucceed().Output);
    }

    [Fact]
    public void is_read_while_its_owner_writes()
    {
        if (IsSkipped())
        {
            return;
        }
        using var writer = LaunchUntil("journal/before-commit", Path.Combine(Bin, "rustup"), "default", "nightly");

        Assert.Equal($"stable-{Host} (default)\n", AsOther("rustup", "default").ShouldSucceed().Output);
        Assert.StartsWith("rustc 1.91.0", AsOther("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);

        FinishStopped(writer).ShouldSucceed();
        Assert.Equal($"nightly-{Host} (default)\n", AsOther("rustup", "default").ShouldSucceed().Output);
    }

    private static string ActiveAfter(Leftover leftover) =>
        leftover is Leftover.ACommitInTheLog or Leftover.ACommitInTheLogAndNoIndex or Leftover.AnEditedSettingsFile ? "nightly" : "stable";

    private void Leave(Leftover leftover)
    {
        if (leftover is Leftover.ACommitInTheLog or Leftover.ACommitInTheLogAndNoIndex)
        {
            Kill(LaunchUntil("journal/after-commit", Path.Combine(Bin, "rustup"), "default", "nightly"));
            Assert.NotEqual(0, new FileInfo(Journal + "-wal").Length);
        }
        if (leftover is Leftover.ACommitInTheLogAndNoIndex or Leftover.AnEmptyLogAndNoIndex or Leftover.NeitherLogNorIndex)
        {
            File.Delete(Journal + "-shm");
        }
        if (leftover is Leftover.NeitherLogNorIndex)
        {
            File.Delete(Journal + "-wal");
        }
        if (leftover is Leftover.AnEditedSettingsFile)
        {
            var settings = Path.Combine(RustupHome, "settings.toml");
            File.WriteAllText(settings, File.ReadAllText(settings).Replace(
                $"default_toolchain = \"stable-{Host}\"", $"default_toolchain = \"nightly-{Host}\"", StringComparison.Ordinal));
        }
    }

    private void RequireRefusal(Outcome outcome) => Assert.Equal(
        $"error: '{RustupHome}' belongs to root, and user {OtherUser} may not change it\n"
        + "help: run the command as root, or set RUSTUP_HOME to a directory of your own to install toolchains there\n",
        outcome.ShouldFail().Error);

    private bool IsSkipped(string? tool = null)
    {
        if (Environment.UserName == "root" && File.Exists("/usr/bin/setpriv") && (tool is null || File.Exists(tool)))
        {
            return false;
        }
        var reason = $"SKIPPED {nameof(A_home_of_somebody_else)}: it takes root, setpriv to become another user, {tool ?? "and no more"}";
        Console.WriteLine(reason);
        log.WriteLine(reason);
        return true;
    }

    private static string[] BecomingOther => [$"--reuid={OtherUser}", $"--regid={OtherUser}", "--clear-groups"];

    private Outcome AsOther(string program, params string[] arguments) =>
        Start("/usr/bin/setpriv", [.. BecomingOther, Path.Combine(Bin, program), .. arguments]);

    private string[] Trace(string[] user, string[] command)
    {
        var trace = Path.Combine(Temporary, "trace");
        Start(
            "/usr/bin/setpriv",
            [.. user, Tracer, "--follow-forks", "--decode-fds=path", "--output", trace, Path.Combine(Bin, command[0]), .. command[1..]]);
        var calls = File.ReadAllLines(trace);
        File.Delete(trace);
        return calls;
    }

    /// <summary>Whether a call would change the home, were it permitted; those that were refused count.</summary>
    private bool Writes(string call) =>
        call.Contains(RustupHome, StringComparison.Ordinal)
        && (OpenedForWriting().IsMatch(call) || ChangingCall().IsMatch(call));

    /// <summary>Everything in the home with its size, mode, and time.</summary>
    private List<string> ListHome() =>
    [
        .. new DirectoryInfo(RustupHome).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.FullName} {entry.UnixFileMode} {entry.LastWriteTimeUtc:O} {(entry as FileInfo)?.Length}"))
            .Order(StringComparer.Ordinal),
    ];

    [GeneratedRegex(@"\b(open|openat|openat2|creat)\(.*\b(O_WRONLY|O_RDWR|O_CREAT)\b")]
    private static partial Regex OpenedForWriting();

    [GeneratedRegex(@"^\d+ +(p?write(64|v|v2)?|f?truncate|rename\w*|(un)?link\w*|symlink\w*|mkdir\w*|rmdir|f?chmod\w*|f?chown\w*|utimens\w*|fallocate|mknod\w*)\(")]
    private static partial Regex ChangingCall();
}
