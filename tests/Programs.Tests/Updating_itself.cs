using System.Security.Cryptography;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>
/// <c>rustup self update</c> and the installer in one file, from a release server in a folder. Without a C compiler there
/// are no releases: then these tests are skipped, and said.
/// </summary>
public sealed class Updating_itself : ProgramTest
{
    private const string Next = "1.29.0+store.9.9.9";

    private readonly ITestOutputHelper log;

    public Updating_itself(ITestOutputHelper log)
    {
        this.log = log;
        Variables["RUSTUP_UPDATE_ROOT"] = $"file://{Folder["releases"]}";
        if (!IsSkipped())
        {
            Release(Next);
        }
    }

    [Fact]
    public void without_a_release_server_says_that_it_cannot()
    {
        Variables.Remove("RUSTUP_UPDATE_ROOT");

        var outcome = Rustup("self", "update").ShouldSucceed();

        Assert.Equal("", outcome.Output);
        Assert.Equal(
            "info: self-update is disabled for this build of rustup\n"
            + "info: any updates to rustup will need to be fetched with your system package manager\n",
            outcome.Error);
        Assert.Equal("", Rustup("check").ShouldSucceed().Output);
    }

    [Fact]
    public void makes_the_new_version_current_and_keeps_the_old_one_for_a_day()
    {
        if (IsSkipped())
        {
            return;
        }
        var old = CurrentVersion();

        var outcome = Rustup("self", "update").ShouldSucceed();

        Assert.Equal($"  rustup updated - {Next} (from {This})\n\n", outcome.Output);
        Assert.Equal(
            $"info: checking for self-update (current version: 1.29.0)\ninfo: downloading self-update (new version: {Next})\n",
            outcome.Error);
        Assert.StartsWith(Next + "-", Path.GetFileName(CurrentVersion()), StringComparison.Ordinal);
        Assert.True(Directory.Exists(old));
        Assert.Equal(ProgramNames.Order(), Directory.EnumerateFiles(CurrentVersion()).Select(Path.GetFileName).Order());
        Rustup("toolchain", "install", "stable", "--profile", "minimal", "--no-self-update").ShouldSucceed();
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void to_the_version_that_is_there_changes_nothing()
    {
        if (IsSkipped())
        {
            return;
        }
        Release(This);
        var old = CurrentVersion();

        var outcome = Rustup("self", "update").ShouldSucceed();

        Assert.Equal("  rustup unchanged - 1.29.0\n\n", outcome.Output);
        Assert.Equal(old, CurrentVersion());
        Assert.Equal("rustup - up to date : 1.29.0\n", Rustup("check").ShouldSucceed().Output);
    }

    [Fact]
    public void of_a_server_with_rustups_own_releases_is_refused_and_executes_nothing()
    {
        var witness = Folder["executed"];
        Publish("1.30.0", $"#!/bin/sh\ntouch {witness}\n");
        var old = CurrentVersion();

        var asked = Rustup("self", "update").ShouldFail();
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.EndsWith(
            $"error: release 1.30.0 of 'file://{Folder["releases"]}' is not one of toolchain-store, so it was not installed\n"
            + "help: RUSTUP_UPDATE_ROOT must name a server of its releases; unset it to keep this version\n",
            asked.Error);
        Assert.Equal("rustup - up to date : 1.29.0\n", Rustup("check").ShouldSucceed().Output.Split('\n', 2)[1]);
        Publish(Next, $"#!/bin/sh\ntouch {witness}\n");
        Assert.Contains("is not one of toolchain-store", Rustup("self", "update").ShouldFail().Error);
        Assert.False(File.Exists(witness));
        Assert.Equal(old, CurrentVersion());
    }

    [Fact]
    public void with_a_damaged_installer_is_refused()
    {
        if (IsSkipped())
        {
            return;
        }
        Release(This);
        Release(Next);
        var old = CurrentVersion();
        var installer = InstallerOf(Next);
        var content = File.ReadAllBytes(installer);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(installer, content);

        Assert.Contains($"checksum failed for 'file://{installer}'", Rustup("self", "update").ShouldFail().Error);
        Seal(installer);
        Assert.Contains("the installer is damaged: its digest is", Rustup("self", "update").ShouldFail().Error);
        File.Copy(InstallerOf(This), installer, overwrite: true);
        Seal(installer);
        Assert.Contains($"the installer of release {Next} at 'file://{Folder["releases"]}' is that of {This}", Rustup("self", "update").ShouldFail().Error);
        File.Delete(installer);
        Assert.Contains($"could not download file from 'file://{installer}': file not found", Rustup("self", "update").ShouldFail().Error);
        File.WriteAllText(Folder["releases/release-stable.toml"], "schema-version = \"2\"\nversion = \"9\"\n");
        Assert.Contains("unable to parse rustup release file: TOML parse error at line 1, column 18", Rustup("self", "update").ShouldFail().Error);
        File.Delete(Folder["releases/release-stable.toml"]);
        Assert.Contains("release-stable.toml': file not found", Rustup("self", "update").ShouldFail().Error);

        Assert.Equal(old, CurrentVersion());
        Rustup("--version").ShouldSucceed();
    }

    [Fact]
    public void survives_a_newline_appended_to_the_installer()
    {
        if (IsSkipped())
        {
            return;
        }
        File.AppendAllText(InstallerOf(Next), "\n");
        Seal(InstallerOf(Next));

        Rustup("self", "update").ShouldSucceed();

        Assert.StartsWith(Next, Path.GetFileName(CurrentVersion()), StringComparison.Ordinal);
    }

    [Fact]
    public void follows_other_commands_as_the_settings_say()
    {
        if (IsSkipped())
        {
            return;
        }
        var old = CurrentVersion();
        Rustup("toolchain", "install", "stable", "--profile", "minimal", "--no-self-update").ShouldSucceed();
        Assert.Equal(old, CurrentVersion());
        Variables["CI"] = "1";
        Rustup("update").ShouldSucceed();
        Assert.Equal(old, CurrentVersion());
        Assert.DoesNotContain("rustup -", Rustup("check").ShouldSucceed().Output);
        Variables.Remove("CI");
        Rustup("set", "auto-self-update", "disable").ShouldSucceed();
        Rustup("update").ShouldSucceed();
        Assert.Equal(old, CurrentVersion());
        Rustup("set", "auto-self-update", "check-only").ShouldSucceed();
        Assert.EndsWith($"\n\nrustup - update available : {This} -> {Next}\n", Rustup("update").ShouldSucceed().Output);
        Assert.EndsWith($"rustup - update available : {This} -> {Next}\n", Rustup("check").ShouldFail(100).Output);
        Assert.DoesNotContain("rustup -", Rustup("check", "--no-self-update").ShouldSucceed().Output);
        Assert.Equal(old, CurrentVersion());
        Rustup("set", "auto-self-update", "enable").ShouldSucceed();

        var outcome = Rustup("update").ShouldSucceed();

        Assert.EndsWith(
            $"info: downloading self-update (new version: {Next})\ninfo: cleaning up downloads & tmp directories\n", outcome.Error);
        Assert.NotEqual(old, CurrentVersion());
    }

    [Fact]
    public void takes_the_version_that_is_asked_for()
    {
        if (IsSkipped())
        {
            return;
        }
        const string Wanted = "1.29.0+store.8.0.0";
        Release(Wanted);
        Release(Next);
        Variables["RUSTUP_VERSION"] = Wanted;

        Rustup("self", "update").ShouldSucceed();

        Assert.StartsWith(Wanted, Path.GetFileName(CurrentVersion()), StringComparison.Ordinal);
    }

    [Fact]
    public void many_times_at_once_or_killed_leaves_whole_programs()
    {
        if (IsSkipped())
        {
            return;
        }
        const int AtOnce = 4;
        Rustup("toolchain", "install", "stable", "--profile", "minimal", "--no-self-update").ShouldSucceed();
        foreach (var moment in new[] { "setup/after-copy", "setup/after-rename", "setup/after-current", "setup/after-link@3" })
        {
            var version = Next + moment.Length;
            Release(version, moment);
            Variables[CrashPointVariable] = $"{moment}=kill";
            Assert.NotEqual(0, Rustup("self", "update").ExitCode);
            Variables.Remove(CrashPointVariable);
            Proxy("rustc", "--version").ShouldSucceed();
            Rustup("--version").ShouldSucceed();

            var updates = Enumerable.Range(0, AtOnce).Select(_ => Launch(Path.Combine(Bin, "rustup"), "self", "update")).ToList();

            Assert.All(updates, update => Finish(update).ShouldSucceed());
            Assert.StartsWith(version, Path.GetFileName(CurrentVersion()), StringComparison.Ordinal);
            Proxy("rustc", "--version").ShouldSucceed();
        }
    }

    [Fact]
    public void where_it_is_not_installed_is_an_error()
    {
        var rustup = Path.Combine(CurrentVersion(), "rustup");
        Variables["CARGO_HOME"] = Folder["elsewhere"];

        Assert.Equal($"error: rustup is not installed at '{Folder["elsewhere"]}'\n", Start(rustup, "self", "update").ShouldFail().Error);
    }

    [Fact]
    public void the_installer_is_one_file_that_works_anywhere()
    {
        if (IsSkipped())
        {
            return;
        }
        var installer = Path.Combine(Directory.CreateDirectory(Folder["download"]).FullName, "rustup-init(2)");
        File.Copy(InstallerOf(Next), installer);
        Variables["CARGO_HOME"] = Folder["elsewhere"];
        Variables["RUSTUP_HOME"] = Folder["other-home"];

        Start(installer, "-y", "--no-modify-path", "--profile", "minimal").ShouldSucceed();

        Assert.Equal(
            Proxy("rustup", "--version").Output, Start(Path.Combine(Folder["elsewhere"], "bin", "rustup"), "--version").ShouldSucceed().Output);
        Start(Path.Combine(Folder["elsewhere"], "bin", "rustc"), "--version").ShouldSucceed();
        Assert.Equal([installer], Directory.EnumerateFileSystemEntries(Folder["download"]));
    }

    [Fact]
    public void the_installer_says_what_it_cannot_be()
    {
        if (IsSkipped())
        {
            return;
        }
        var folder = Directory.CreateDirectory(Folder["download"]).FullName;
        foreach (var name in new[] { "cargo", "setup" })
        {
            File.Copy(InstallerOf(Next), Path.Combine(folder, name));
        }

        Assert.Equal(
            $"error: '{folder}/cargo' is an installer, which cannot run as 'cargo'\n"
            + "help: call it rustup-init, or run what it installs\n",
            Start(Path.Combine(folder, "cargo"), "--version").ShouldFail().Error);
        Assert.StartsWith("error: unknown proxy name: 'setup'; valid", Start(Path.Combine(folder, "setup")).ShouldFail().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void the_bootstrap_script_fetches_compares_and_runs_the_installer()
    {
        if (IsSkipped())
        {
            return;
        }
        var script = Path.Combine(Published, "release", "rustup-init.sh");
        Variables["CARGO_HOME"] = Folder["elsewhere"];
        string[] arguments = [script, "-y", "--no-modify-path", "--default-toolchain", "none"];

        Start("/bin/sh", arguments).ShouldSucceed();

        Start(Path.Combine(Folder["elsewhere"], "bin", "rustup"), "--version").ShouldSucceed();
        var latest = Directory.GetFiles(Folder["releases/dist"], "rustup-init", SearchOption.AllDirectories).Single();
        File.AppendAllText(latest, "x");
        Assert.Contains("error: the digest of the download is wrong: expected ", Start("/bin/sh", arguments).ShouldFail().Error);
        File.Delete(latest);
        Assert.Contains($"error: could not download file://{latest}", Start("/bin/sh", arguments).ShouldFail().Error);
        Variables.Remove("RUSTUP_UPDATE_ROOT");
        Assert.Equal("error: RUSTUP_UPDATE_ROOT must name a server of releases\n", Start("/bin/sh", arguments).ShouldFail().Error);
    }

    [Fact]
    public void the_bootstrap_script_says_that_musl_has_no_build()
    {
        var tools = Directory.CreateDirectory(Folder["tools"]).FullName;
        var ldd = Path.Combine(tools, "ldd");
        File.WriteAllText(ldd, "#!/bin/sh\necho 'musl libc (x86_64)' >&2\nexit 1\n");
        File.SetUnixFileMode(ldd, (UnixFileMode)0b111_101_101);
        Variables["PATH"] = $"{tools}:/usr/bin:/bin";

        var outcome = Start("/bin/sh", Path.Combine(SourceFolder, "rustup-init.sh"), "-y").ShouldFail();

        Assert.Contains("error: there is no build for systems with musl, such as Alpine, at ", outcome.Error);
    }

    private static string This => Path.GetFileName(Directory.GetDirectories(Path.Combine(Published, "release", "archive")).Single());

    private static string SourceFolder => Path.GetDirectoryName(Published)!;

    private string CurrentVersion() =>
        new DirectoryInfo(Path.Combine(Bin, ".rustup", "current")).ResolveLinkTarget(returnFinalTarget: true)!.FullName;

    private string InstallerOf(string version) => Folder[$"releases/archive/{version}/{Host}/rustup-init"];

    /// <summary>A release with these programs; one file more makes it another.</summary>
    private void Release(string version, string? note = null)
    {
        var programs = Directory.CreateDirectory(Folder[$"programs-{version}"]).FullName;
        foreach (var program in ProgramNames)
        {
            File.Copy(Path.Combine(Published, program), Path.Combine(programs, program), overwrite: true);
        }
        if (note is not null)
        {
            File.WriteAllText(Path.Combine(programs, "note"), note);
        }
        Start(Path.Combine(programs, "rustup"), "store", "release", Folder["releases"], "--as", version).ShouldSucceed();
    }

    /// <summary>A release of some other program.</summary>
    private void Publish(string version, string installer)
    {
        var path = InstallerOf(version);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, installer);
        Seal(path);
        File.WriteAllText(Folder["releases/release-stable.toml"], $"schema-version = '1'\nversion = '{version}'\n");
    }

    private static void Seal(string installer) =>
        File.WriteAllText(installer + ".sha256", $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(installer)))}  rustup-init\n");

    private bool IsSkipped()
    {
        var isSkipped = File.Exists(Path.Combine(Published, "rustup.dll"));
        if (isSkipped)
        {
            const string Reason = "SKIPPED Updating_itself: releases need a C compiler";
            Console.WriteLine(Reason);
            log.WriteLine(Reason);
        }
        return isSkipped;
    }
}
