using ToolchainStore.Tests.Support;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>RUSTUP_HOME on a small file system of its own, filled to the last byte.</summary>
public sealed class A_full_disk : MountingTest
{
    private const int Megabytes = 64;

    private readonly ITestOutputHelper log;

    public A_full_disk(ITestOutputHelper log) : base(log)
    {
        this.log = log;
        Mount(RustupHome, "-t", "tmpfs", "-o", $"size={Megabytes}m", "tmpfs");
        if (IsSkipped())
        {
            return;
        }
        Variables["RUSTUP_STORE_BACKGROUND"] = "0";
        Rustup("toolchain", "install", "stable", "nightly").ShouldSucceed();
        Rustup("default", "stable").ShouldSucceed();
        SmallMirror.AdvanceTo(Mirror, 2);
        Rustup("update", "nightly").ShouldSucceed();
        Assert.True(new FileInfo(Ballast).Length >= 4 << 20, "there is a ballast");
        Fill();
    }

    private string Ballast => Path.Combine(RustupHome, "store", "ballast");

    [Theory]
    [InlineData("toolchain install beta")]
    [InlineData("update")]
    [InlineData("component add rust-src")]
    [InlineData("component remove clippy")]
    [InlineData("default nightly")]
    [InlineData("override set nightly --path /somewhere")]
    [InlineData("target add wasm32-unknown-unknown")]
    [InlineData("set profile minimal")]
    public void fails_a_command_with_a_clear_error_and_loses_nothing(string command)
    {
        if (IsSkipped())
        {
            return;
        }
        SmallMirror.AdvanceTo(Mirror, 3);
        var before = Rustup("toolchain", "list").ShouldSucceed().Output;

        RequireClearError(Rustup(command.Split(' ')));

        Assert.Equal(before, Rustup("toolchain", "list").ShouldSucceed().Output);
        Assert.Contains("hash-s1", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.True(File.Exists(Ballast), "it is for those who free space");
        Free();
        Rustup(command.Split(' ')).ShouldSucceed();
    }

    [Theory]
    [InlineData(32), InlineData(64), InlineData(128), InlineData(256), InlineData(512)]
    public void fails_an_installation_wherever_it_comes_up(int kilobytesLeft)
    {
        if (IsSkipped())
        {
            return;
        }
        using (var filler = File.OpenWrite(Path.Combine(RustupHome, "filler")))
        {
            filler.SetLength(filler.Length - (kilobytesLeft << 10));
        }

        RequireClearError(Rustup("toolchain", "install", "beta", "--profile", "complete"));

        Assert.Contains("hash-s1", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Free();
        Rustup("toolchain", "install", "beta", "--profile", "complete").ShouldSucceed();
        CollectEverything().ShouldSucceed();
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", "staging")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(RustupHome, "store", "operations")));
    }

    [Fact]
    public void fails_the_installer_with_a_clear_error_and_leaves_the_programs_whole()
    {
        if (IsSkipped())
        {
            return;
        }
        RequireClearError(Start(Path.Combine(Published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "beta"));

        Assert.Contains("hash-s1", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("hash-n2", Proxy("rustc", "+nightly", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void is_freed_by_a_collection()
    {
        if (IsSkipped())
        {
            return;
        }
        // Commands that failed before have not used up what the collection needs.
        RequireClearError(Rustup("toolchain", "install", "beta"));
        RequireClearError(Rustup("default", "nightly"));

        var collection = CollectEverything().ShouldSucceed();

        Assert.Contains("deleted tree", collection.Output, StringComparison.Ordinal);
        Assert.True(AvailableBytes() > 100_000, $"{AvailableBytes()}");
        Rustup("override", "set", "nightly", "--path", "/somewhere").ShouldSucceed();
    }

    [Fact]
    public void is_freed_by_an_uninstall()
    {
        if (IsSkipped())
        {
            return;
        }
        Rustup("toolchain", "uninstall", "nightly").ShouldSucceed();

        Assert.Equal($"stable-{Host} (active, default)\n", Rustup("toolchain", "list").ShouldSucceed().Output);
        Assert.True(AvailableBytes() > 100_000, $"{AvailableBytes()}");
        Free();
        Rustup("toolchain", "install", "nightly").ShouldSucceed();
        Assert.True(File.Exists(Ballast), "it is there again for the next time");
    }

    [Fact]
    public void does_not_keep_a_proxy_from_an_edited_settings_toml()
    {
        if (IsSkipped())
        {
            return;
        }
        var settings = Path.Combine(RustupHome, "settings.toml");
        var text = File.ReadAllText(settings);
        // As long as before and in place: an editor would find no room for another file.
        using (var file = File.OpenWrite(settings))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(text.Replace($"\"stable-{Host}\"", $"\"nightly-{Host}\"", StringComparison.Ordinal)));
        }

        Assert.Contains("hash-n2", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("could not be taken over", Rustup("toolchain", "list").ShouldSucceed().Error, StringComparison.Ordinal);
    }

    private void RequireClearError(Outcome outcome)
    {
        log.WriteLine(outcome.Error);
        outcome.ShouldFail();
        Assert.Contains("error: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains(RustupHome, outcome.Error, StringComparison.Ordinal);
        Assert.Matches("No space left on device|the disk is full|the file system has less", outcome.Error);
        Assert.Contains("help: free some space on this file system; `rustup store gc` works on a full disk", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>Page by page at the end, which is what this file system counts in.</summary>
    private void Fill()
    {
        using var file = new FileStream(Path.Combine(RustupHome, "filler"), FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 1 << 12 })
        {
            var block = new byte[size];
            try
            {
                while (true)
                {
                    file.Write(block);
                }
            }
            catch (IOException)
            {
                // That size does not fit any more.
            }
        }
        Assert.Equal(0, AvailableBytes());
    }

    private void Free() => File.Delete(Path.Combine(RustupHome, "filler"));

    private long AvailableBytes() => new DriveInfo(RustupHome).AvailableFreeSpace;
}
