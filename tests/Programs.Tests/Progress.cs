using System.Text.RegularExpressions;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>What is seen while a slow server sends: `script` gives the program a pseudo-terminal.</summary>
public sealed partial class Progress : ProgramTest
{
    private const string Terminal = "/usr/bin/script";

    private readonly FakeDistributionServer server;

    public Progress()
    {
        server = new FakeDistributionServer(Mirror.Root)
        {
            // An archive takes a second, which is several frames.
            Fault = new ServerFault { ChunkBytes = 100, Delay = TimeSpan.FromMilliseconds(100) },
        };
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
    }

    [Theory]
    [InlineData(40)]
    [InlineData(80)]
    [InlineData(200)]
    public void on_a_terminal_is_a_line_for_each_component_that_fits(int columns)
    {
        if (IsSkipped())
        {
            return;
        }
        var output = RunOnTerminal(columns, "rustup toolchain install stable --profile minimal -t wasm32-unknown-unknown");

        var lines = output.Split('\n').Select(line => Codes().Replace(line, "").Trim('\r')).Where(IsProgress).ToList();
        Assert.Contains(lines, line => line.StartsWith("downloading rustc", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("downloading rust-std", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.InRange(line.Length, 1, columns - 1));
    }

    [Fact]
    public void on_a_terminal_is_gone_when_the_summary_comes()
    {
        if (IsSkipped())
        {
            return;
        }
        var output = RunOnTerminal(80, "rustup toolchain install stable --profile minimal");

        var afterTheLastErasure = output[(output.LastIndexOf("\e[J", StringComparison.Ordinal) + "\e[J".Length)..];
        Assert.StartsWith($"\n  stable-{Host} installed", Codes().Replace(afterTheLastErasure, "").Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain(afterTheLastErasure.Split('\n'), IsProgress);
    }

    [Fact]
    public void in_a_pipe_is_not_shown()
    {
        var outcome = Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.DoesNotContain('\e', outcome.Output);
        Assert.Contains("info: downloading 3 components\n", outcome.Error, StringComparison.Ordinal);
    }

    protected override void ReleaseFolder()
    {
        server.Dispose();
        base.ReleaseFolder();
    }

    private string RunOnTerminal(int columns, string command)
    {
        Variables["TERM"] = "xterm";
        return Start(Terminal, "-qec", $"stty cols {columns} rows 24; {command}", "/dev/null").ShouldSucceed().Output;
    }

    private static bool IsProgress(string line) =>
        line.StartsWith("downloading ", StringComparison.Ordinal) || line.StartsWith("unpacking ", StringComparison.Ordinal);

    private static bool IsSkipped()
    {
        if (File.Exists(Terminal))
        {
            return false;
        }
        Console.WriteLine($"SKIPPED {nameof(Progress)}: {Terminal} is not installed");
        return true;
    }

    [GeneratedRegex("\\e\\[[?0-9;]*[A-Za-z]")]
    private static partial Regex Codes();
}
