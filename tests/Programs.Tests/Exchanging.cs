using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace ToolchainStore.Tests.Programs;

/// <summary>Toolchains for machines without a server.</summary>
public sealed partial class Without_a_server(ITestOutputHelper log) : ProgramTest
{
    private const string Tracer = "/usr/bin/strace";
    private const int Killed = 128 + 9;

    [Theory]
    [InlineData("export.tar"), InlineData("export/")]
    public void an_export_is_imported_and_runs(string name)
    {
        Rustup("toolchain", "install", "stable", "beta", "--profile", "minimal").ShouldSucceed();
        var exported = Rustup("store", "export", Folder[name] + (name.EndsWith('/') ? "/" : "")).ShouldSucceed();
        Assert.Contains($"stable-{Host}: ", exported.Output, StringComparison.Ordinal);

        Variables["RUSTUP_HOME"] = Folder["other"];
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";
        var imported = Rustup("store", "import", Folder[name]).ShouldSucceed();

        Assert.Equal($"stable-{Host}: imported\nbeta-{Host}: imported\n", imported.Output);
        Assert.Contains("beta", Proxy("rustc", "+beta", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Assert.Contains("1.91.0", Proxy("rustc", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Rustup("store", "verify", "--contents").ShouldSucceed();
        Assert.Equal($"beta-{Host}: unchanged\n", Rustup("store", "import", Folder[name], "beta").ShouldSucceed().Output);
    }

    [Fact]
    public void an_interrupted_import_goes_on_with_the_toolchain_that_it_stopped_at()
    {
        Rustup("toolchain", "install", "stable", "beta", "--profile", "minimal").ShouldSucceed();
        Rustup("store", "export", Folder["export.tar"]).ShouldSucceed();
        Variables["RUSTUP_HOME"] = Folder["other"];
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";

        Variables[CrashPointVariable] = "install/before-publish@2=kill";
        Rustup("store", "import", Folder["export.tar"]).ShouldFail(Killed);
        Variables.Remove(CrashPointVariable);

        Assert.Contains("1.91.0", Proxy("rustc", "+stable", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        var imported = Rustup("store", "import", Folder["export.tar"]).ShouldSucceed();
        Assert.Equal($"stable-{Host}: unchanged\nbeta-{Host}: imported\n", imported.Output);
        Assert.Contains("beta", Proxy("rustc", "+beta", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
        Rustup("store", "verify", "--contents").ShouldSucceed();
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void a_directory_of_a_mirror_is_installed_from_instead(bool isVariable)
    {
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";
        string[] arguments = ["toolchain", "install", "beta", "--profile", "minimal"];
        if (isVariable)
        {
            Variables["RUSTUP_STORE_FROM"] = Folder["mirror"];
        }

        Rustup(isVariable ? arguments : [.. arguments, "--from", Folder["mirror"]]).ShouldSucceed();

        Assert.Contains("beta", Proxy("rustc", "+beta", "--version").ShouldSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void an_export_that_lacks_a_toolchain_says_what_it_has()
    {
        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
        Rustup("store", "export", Folder["export.tar"]).ShouldSucceed();

        var refused = Rustup("store", "import", Folder["export.tar"], "nightly").ShouldFail(1);

        Assert.Equal($"error: the export does not hold 'nightly-{Host}'\nhelp: it holds 'stable-{Host}'\n", refused.Error);
        Assert.Contains("there is no export", Rustup("store", "import", Folder["nothing"]).ShouldFail(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void offline_commands_open_no_socket()
    {
        if (!File.Exists(Tracer))
        {
            var reason = $"SKIPPED {nameof(offline_commands_open_no_socket)}: there is no {Tracer}";
            Console.WriteLine(reason);
            log.WriteLine(reason);
            return;
        }
        Rustup("toolchain", "install", "stable", "--component", "clippy").ShouldSucceed();
        Variables["RUSTUP_DIST_SERVER"] = "http://127.0.0.1:9";
        string[][] commands =
        [
            ["toolchain", "install", "1.91.0", "--offline"],
            ["update", "--offline"],
            ["component", "add", "clippy", "--offline"],
            ["target", "add", Host, "--offline"],
            ["run", "--offline", "--install", "1.91", "rustc", "--version"],
        ];
        foreach (var command in commands)
        {
            Trace([Path.Combine(Bin, "rustup"), .. command]);
        }
        Rustup("toolchain", "uninstall", "1.91").ShouldSucceed();
        Variables["RUSTUP_STORE_OFFLINE"] = "1";
        Trace([Path.Combine(Bin, "rustc"), "+1.91", "--version"]);
    }

    private void Trace(string[] command)
    {
        var trace = Folder["trace"];
        Start(Tracer, ["--follow-forks", "--trace=socket,connect", "--output", trace, .. command]).ShouldSucceed();
        Assert.DoesNotContain(File.ReadLines(trace), line => Socket().IsMatch(line));
    }

    [GeneratedRegex(@"\b(socket|connect)\(")]
    private static partial Regex Socket();
}
