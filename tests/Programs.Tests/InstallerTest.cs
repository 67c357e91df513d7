using System.Diagnostics;
using System.Text;

namespace ToolchainStore.Tests.Programs;

/// <summary>A home where nothing is installed yet, and a PATH on which nothing is but what the test puts there.</summary>
public abstract class InstallerTest : ProgramTest
{
    protected InstallerTest()
    {
        Directory.CreateDirectory(Home);
        Directory.CreateDirectory(Tools);
        Provide("cc");
        foreach (var neededByTools in new[] { "cat", "dirname" })
        {
            File.CreateSymbolicLink(Path.Combine(Tools, neededByTools), Path.Combine("/bin", neededByTools));
        }
        Variables["HOME"] = Home;
        Variables["RUSTUP_HOME"] = Variables["CARGO_HOME"] = null;
        Variables["PATH"] = Tools;
        Variables["SHELL"] = "/bin/sh";
        Variables["ZDOTDIR"] = Variables["XDG_CONFIG_HOME"] = Variables["XONSHRC"] = null;
        Variables["RUSTUP_INIT_SKIP_SUDO_CHECK"] = "yes";
        WorkingDirectory = Folder.Path;
    }

    protected static string[] NoToolchain { get; } = ["--default-toolchain", "none"];

    protected static string[] NoQuestions { get; } = ["-y", .. NoToolchain];

    protected string Home => Folder["home"];

    protected string CargoHome => Path.Combine(Home, ".cargo");

    protected string CargoBin => Path.Combine(CargoHome, "bin");

    /// <summary>The only directory of PATH.</summary>
    protected string Tools => Folder["tools"];

    protected Outcome Install(params string[] arguments) => InstallAnswering("", arguments);

    protected Outcome InstallAnswering(string input, params string[] arguments) =>
        Answer(Path.Combine(Published, "rustup-init"), input, arguments);

    protected Outcome Uninstall(string input, params string[] arguments) =>
        Answer(Path.Combine(CargoBin, "rustup"), input, ["self", "uninstall", .. arguments]);

    /// <summary>By env: the variable must not reach what else this test starts.</summary>
    protected void RequireKilledAt(string moment, string program, params string[] arguments)
    {
        const int Killed = 128 + 9;
        Start("/usr/bin/env", [$"{CrashPointVariable}={moment}=kill", program, .. arguments]).ShouldFail(Killed);
    }

    /// <summary>A program that does nothing, or what the script says.</summary>
    protected void Provide(string program, string script = "")
    {
        var path = Path.Combine(Tools, program);
        File.WriteAllText(path, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    protected static void LinkHard(string existing, string path)
    {
        using var link = Process.Start("/bin/ln", [existing, path]);
        link.WaitForExit();
        Assert.Equal(0, link.ExitCode);
    }

    protected string InHome(string name) => Path.Combine(Home, name);

    protected void WriteInHome(string name, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(InHome(name))!);
        // Byte for byte: a profile need not be UTF-8.
        File.WriteAllBytes(InHome(name), Encoding.Latin1.GetBytes(content));
    }

    protected string ReadInHome(string name) => Encoding.Latin1.GetString(File.ReadAllBytes(InHome(name)));

    /// <summary>Every file of the home that is not below CARGO_HOME or RUSTUP_HOME.</summary>
    protected IReadOnlyList<string> ListHome() =>
    [
        .. Directory.EnumerateFiles(Home, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Home, path))
            .Where(path => !path.StartsWith(".cargo", StringComparison.Ordinal) && !path.StartsWith(".rustup", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    protected string Shown(string text) => text.Replace(Home, "[HOME]", StringComparison.Ordinal);

    private Outcome Answer(string program, string input, string[] arguments)
    {
        var process = Launch(program, arguments);
        process.StandardInput.Write(input);
        process.StandardInput.Flush();
        var outcome = Finish(process);
        return outcome with { Output = Shown(outcome.Output), Error = Shown(outcome.Error) };
    }
}
