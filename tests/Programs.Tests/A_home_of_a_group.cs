using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>
/// RUSTUP_HOME belongs to a group, and two users of it work there, none of them root. Skipped, and said, for those who cannot
/// become other users.
/// </summary>
public sealed class A_home_of_a_group : ProgramTest
{
    private const string Group = "23456", Ann = "12345", Ben = "12346";

    private readonly ITestOutputHelper log;

    // What the users' shells begin with; the home says that the group shares it.
    private string umask = "022";

    public A_home_of_a_group(ITestOutputHelper log)
    {
        this.log = log;
        if (IsSkipped())
        {
            return;
        }
        Directory.Delete(RustupHome, recursive: true);
        Start("/usr/bin/install", "--directory", $"--group={Group}", "--mode=2775", RustupHome).ShouldSucceed();
        Start("/bin/chmod", "0755", Folder.Path).ShouldSucceed();
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
    }

    private string Staging => Path.Combine(RustupHome, "store", "staging");

    private string Operations => Path.Combine(RustupHome, "store", "operations");

    [Theory]
    [InlineData("002"), InlineData("022"), InlineData("077")]
    public void is_changed_by_each_of_them_whatever_the_other_made(string givenUmask)
    {
        if (IsSkipped())
        {
            return;
        }
        umask = givenUmask;
        As(Ann, "default", "stable").ShouldSucceed();
        As(Ben, "component", "add", "rust-src").ShouldSucceed();
        As(Ben, "toolchain", "install", "nightly").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        As(Ann, "update", "nightly").ShouldSucceed();
        As(Ben, "override", "set", "nightly", "--path", "/somewhere").ShouldSucceed();
        As(Ann, "override", "unset", "--path", "/somewhere").ShouldSucceed();
        As(Ben, "default", "nightly").ShouldSucceed();
        Assert.Equal($"stable-{Host}\nnightly-{Host} (active, default)\n", As(Ann, "toolchain", "list").ShouldSucceed().Output);
        As(Ann, "store", "verify", "--contents").ShouldSucceed();
        Assert.All([Ann, Ben], user => Assert.StartsWith(
            "cargo 1.95.0-nightly (hash-n2", StartAs(user, "cargo", "--version").ShouldSucceed().Output, StringComparison.Ordinal));
        RequireShared();

        As(Ann, "toolchain", "uninstall", "stable").ShouldSucceed();
        As(Ben, "toolchain", "uninstall", "nightly").ShouldSucceed();
        As(Ann, "store", "gc", "--older-than", "0d", "--keep-generations", "0").ShouldSucceed();

        Assert.All(["components", "toolchains", "trash", "downloads", "staging", "operations"], folder =>
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", folder))));
    }

    [Theory]
    [InlineData("operation/after-lock"), InlineData("download/after-first-bytes"), InlineData("install/after-unpack")]
    [InlineData("publish/after-rename"), InlineData("journal/after-commit@3"), InlineData("view/before-link")]
    public void is_recovered_by_one_when_the_other_was_killed(string crashPoint)
    {
        if (IsSkipped())
        {
            return;
        }
        As(Ben, "toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        Kill(LaunchUntil(crashPoint, "/usr/bin/setpriv", [.. Becoming(Ann), Path.Combine(Bin, "rustup"), "toolchain", "install", "nightly"]));

        As(Ben, "toolchain", "install", "nightly").ShouldSucceed();

        Assert.StartsWith("rustc 1.94.0-nightly", StartAs(Ann, "rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Staging));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Operations));
        As(Ann, "store", "verify", "--contents").ShouldSucceed();
        RequireShared();
    }

    [Fact]
    public void keeps_what_one_runs_when_the_other_collects()
    {
        if (IsSkipped())
        {
            return;
        }
        As(Ann, "default", "nightly").ShouldSucceed();
        var tree = TreeOf($"nightly-{Host}");
        using var build = Launch("/usr/bin/setpriv", [.. Becoming(Ann), Path.Combine(Bin, "cargo"), "then", "rustc", "--print", "sysroot"]);
        WaitUntilHeld(tree);

        As(Ben, "toolchain", "uninstall", "nightly").ShouldSucceed();
        Assert.Contains("keeping tree", As(Ben, "store", "gc", "--older-than", "0d", "--keep-generations", "0").ShouldSucceed().Error, StringComparison.Ordinal);

        Assert.Equal(tree + "\n", Finish(build).ShouldSucceed().Output);
        As(Ben, "store", "gc", "--older-than", "0d", "--keep-generations", "0").ShouldSucceed();
        Assert.False(Directory.Exists(tree));
    }

    /// <summary>Every directory is the group's to change, every file but the sealed ones too.</summary>
    private void RequireShared()
    {
        Assert.Equal("", Start("/usr/bin/find", RustupHome, "-not", "-type", "l", "-not", "-group", Group).ShouldSucceed().Output);
        Assert.Equal("", Start("/usr/bin/find", RustupHome, "-type", "d", "-not", "-perm", "-2070").ShouldSucceed().Output);
        Assert.Equal("", Start("/usr/bin/find", RustupHome, "-type", "f", "-perm", "-200", "-not", "-perm", "-060").ShouldSucceed().Output);
        Assert.Equal("", Start("/usr/bin/find", RustupHome, "-type", "f", "-not", "-perm", "-040").ShouldSucceed().Output);
    }

    private string[] Becoming(string user) =>
    [
        $"--reuid={user}", $"--regid={user}", $"--groups={Group}", "/bin/sh", "-c", $"umask {umask}; exec \"$@\"", "sh",
    ];

    private Outcome As(string user, params string[] arguments) => StartAs(user, "rustup", arguments);

    private Outcome StartAs(string user, string program, params string[] arguments) =>
        Start("/usr/bin/setpriv", [.. Becoming(user), Path.Combine(Bin, program), .. arguments]);

    private bool IsSkipped()
    {
        if (Environment.UserName == "root" && File.Exists("/usr/bin/setpriv"))
        {
            return false;
        }
        var reason = $"SKIPPED {nameof(A_home_of_a_group)}: it takes root, and setpriv, to become other users";
        Console.WriteLine(reason);
        log.WriteLine(reason);
        return true;
    }
}
