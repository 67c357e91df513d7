using System.Diagnostics;
using System.Text.RegularExpressions;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>When documentation is unpacked, by whom, and who waits for it.</summary>
public sealed partial class Documentation : ProgramTest
{
    private const string Unpacked = "unpack/after-unpack";

    private string Page => Path.Combine(RustupHome, "toolchains", $"stable-{Host}", "share", "doc", "rust", "html", "std", "index.html");

    [Fact]
    public void in_the_background_is_unpacked_after_the_command_has_returned()
    {
        Rustup("set", "docs", "background").ShouldSucceed();

        InstallUntilUnpackerStops();

        Assert.False(File.Exists(Page));
        Assert.StartsWith("rustc 1.91.0", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        GoOn();
        WaitUntilUnpacked();
    }

    [Fact]
    public void whose_unpacking_was_killed_is_taken_up_by_the_next_command_that_writes_without_making_it_wait()
    {
        Rustup("set", "docs", "background").ShouldSucceed();
        Install($"{Unpacked}=kill");
        WaitFor("the unpacker's end", () => Directory.GetFiles(Path.Combine(RustupHome, "store", "staging"), "listing", SearchOption.AllDirectories).Length > 0
            && FindUnpacker() is null);

        Variables[CrashPointVariable] = $"{Unpacked}=stop";
        Rustup("set", "auto-install", "enable").ShouldSucceed();
        Variables.Remove(CrashPointVariable);

        WaitUntilUnpackerStops();
        Assert.False(File.Exists(Page));
        GoOn();
        WaitUntilUnpacked();
    }

    [Fact]
    public void on_demand_is_unpacked_when_it_is_asked_for()
    {
        Rustup("set", "docs", "on-demand").ShouldSucceed();
        Install();
        Assert.False(File.Exists(Page));
        Assert.Contains($"rust-docs-{Host} (installed)", Rustup("component", "list").Output, StringComparison.Ordinal);
        Assert.Contains("waiting:    1 to be unpacked", Rustup("store", "status").Output, StringComparison.Ordinal);

        var shown = Rustup("doc", "--path", "std").ShouldSucceed();

        Assert.Equal($"{Page}\n", shown.Output);
        Assert.Contains("info: unpacking rust-docs\n", shown.Error, StringComparison.Ordinal);
        Assert.True(File.Exists(Page));
        Assert.DoesNotContain("unpacking", Rustup("doc", "--path", "std").ShouldSucceed().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void that_is_not_what_its_toolchain_was_composed_for_is_shown_too()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("rust-docs", package => package with { ManifestLines = null }));
        Rustup("set", "docs", "on-demand").ShouldSucceed();
        Install();
        var before = TreeOf($"stable-{Host}");

        Assert.Equal($"{Page}\n", Rustup("doc", "--path", "std").ShouldSucceed().Output);

        Assert.True(File.Exists(Page));
        Assert.NotEqual(before, TreeOf($"stable-{Host}"));
    }

    [Fact]
    public void that_somebody_asks_for_while_it_is_unpacked_is_waited_for()
    {
        Rustup("set", "docs", "background").ShouldSucceed();
        InstallUntilUnpackerStops();

        using var doc = Launch(Path.Combine(Bin, "rustup"), "doc", "--path", "std");
        Assert.Equal("info: waiting for another process that unpacks rust-docs", doc.StandardError.ReadLine());
        GoOn();

        Assert.Equal($"{Page}\n", Finish(doc).ShouldSucceed().Output);
        WaitUntilUnpacked();
    }

    [Fact]
    public void where_nothing_survives_a_command_waits_until_it_is_asked_for()
    {
        Variables["CI"] = "true";
        Rustup("set", "docs", "background").ShouldSucceed();
        Install();

        Assert.False(File.Exists(Page));
        Assert.Null(FindUnpacker());
        Rustup("doc", "--path").ShouldSucceed();
        Assert.True(File.Exists(Page));
    }

    [Fact]
    public void that_waits_is_unpacked_when_it_shall_not_wait_any_more()
    {
        Rustup("set", "docs", "on-demand").ShouldSucceed();
        Install();

        Rustup("set", "docs", "eager").ShouldSucceed();

        Assert.True(File.Exists(Page));
        Assert.Empty(Directory.GetFiles(Path.Combine(RustupHome, "store", "downloads")));
    }

    [Fact]
    public void that_a_toolchain_file_lists_is_not_missing_while_it_waits()
    {
        Rustup("set", "docs", "on-demand").ShouldSucceed();
        Install();
        File.WriteAllText(Path.Combine(Folder.Path, "rust-toolchain.toml"), "[toolchain]\nchannel = \"stable\"\ncomponents = [\"rust-docs\"]\n");
        WorkingDirectory = Folder.Path;
        Variables["RUSTUP_DIST_SERVER"] = "file:///nowhere";

        var run = Proxy("rustc", "--version").ShouldSucceed();

        Assert.Empty(run.Error);
        Assert.False(File.Exists(Page));
    }

    [Fact]
    public void is_a_setting_that_no_other_rustup_finds_in_the_settings_file()
    {
        Rustup("set", "docs", "background").ShouldSucceed();

        Assert.DoesNotContain("docs", File.ReadAllText(Path.Combine(RustupHome, "settings.toml")), StringComparison.Ordinal);
        Assert.Contains("eager, background, on-demand", Rustup("set", "docs", "never").ShouldFail().Error, StringComparison.Ordinal);
    }

    /// <summary>A test that failed may have left one that stopped itself.</summary>
    protected override void ReleaseFolder()
    {
        if (FindUnpacker() is { } left)
        {
            Processes.TrySend(left, "KILL");
        }
        base.ReleaseFolder();
    }

    /// <summary>Whatever is started in the background has the crash point; the installation itself never comes to it.</summary>
    private void Install(string? crashPoint = null)
    {
        Variables[CrashPointVariable] = crashPoint;
        Rustup("toolchain", "install", "stable").ShouldSucceed();
        Variables.Remove(CrashPointVariable);
    }

    private void InstallUntilUnpackerStops()
    {
        Install($"{Unpacked}=stop");
        WaitUntilUnpackerStops();
    }

    private void WaitUntilUnpackerStops() =>
        WaitFor("the unpacker to stop", () => FindUnpacker() is { } id && Processes.IsStopped(id));

    private void GoOn() => Processes.Send(FindUnpacker()!.Value, "CONT");

    private void WaitUntilUnpacked()
    {
        WaitFor("the documentation", () => File.Exists(Page));
        WaitFor("the unpacker's end", () => FindUnpacker() is null
            && Directory.GetFileSystemEntries(Path.Combine(RustupHome, "store", "downloads")).Length == 0);
    }

    /// <summary>The process that the store says is unpacking.</summary>
    private int? FindUnpacker() =>
        UnpackerLine().Match(Rustup("store", "status").ShouldSucceed().Output) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    [GeneratedRegex(@"^running: `rustup store unpack` \(process (\d+) on ", RegexOptions.Multiline)]
    private static partial Regex UnpackerLine();
}
