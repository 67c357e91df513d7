using System.Diagnostics;
using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>What a program did.</summary>
public sealed record Outcome(int ExitCode, string Output, string Error)
{
    public Outcome ShouldSucceed()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }

    public Outcome ShouldFail(int exitCode = 1)
    {
        Assert.True(ExitCode == exitCode, $"exit code {ExitCode}\n{Output}\n{Error}");
        return this;
    }
}

/// <summary>The published programs, set up in homes of their own by rustup-init, over the small mirror.</summary>
public abstract class ProgramTest : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(60);

    protected ProgramTest()
    {
        Mirror = SmallMirror.WriteTo(Folder["mirror"]);
        Variables["RUSTUP_DIST_SERVER"] = Mirror.FileUrl;
        Start(Path.Combine(Published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none").ShouldSucceed();
    }

    protected const string Host = RustPackages.Host;

    protected TemporaryFolder Folder { get; } = new();

    protected Mirror Mirror { get; }

    /// <summary>What programs find in their environment besides their homes.</summary>
    protected Dictionary<string, string?> Variables { get; } = [];

    protected string RustupHome => Folder["rustup"];

    protected string Bin => Path.Combine(Folder["cargo"], "bin");

    protected string WorkingDirectory { get; set; } = "/";

    /// <summary>The folder that ./build.sh publishes to.</summary>
    protected static string Published { get; } = FindPublished();

    protected Outcome Rustup(params string[] arguments) => Start(Path.Combine(Bin, "rustup"), arguments);

    protected Outcome Proxy(string tool, params string[] arguments) => Start(Path.Combine(Bin, tool), arguments);

    protected Process Launch(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkingDirectory,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RUST", StringComparison.Ordinal) || name == "CI").ToList())
        {
            start.Environment.Remove(name);
        }
        start.Environment["HOME"] = Folder.Path;
        start.Environment["RUSTUP_HOME"] = RustupHome;
        start.Environment["CARGO_HOME"] = Folder["cargo"];
        start.Environment["PATH"] = $"{Bin}:/usr/bin:/bin";
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }
        return Process.Start(start)!;
    }

    protected Outcome Start(string program, params string[] arguments) => Finish(Launch(program, arguments));

    protected static Outcome Finish(Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(patience))
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"{process.StartInfo.FileName} did not end");
            }
            return new Outcome(process.ExitCode, output.Result, error.Result);
        }
    }

    protected string TreeOf(string name) => Path.GetFullPath(Path.Combine(
        RustupHome, "toolchains", new FileInfo(Path.Combine(RustupHome, "toolchains", name)).LinkTarget!));

    public void Dispose()
    {
        if (File.Exists(Path.Combine(Bin, "rustup")) && Directory.Exists(Path.Combine(RustupHome, "store")))
        {
            Variables.Clear();
            Rustup("store", "verify", "--contents").ShouldSucceed();
        }
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private static string FindPublished()
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "ToolchainStore.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new DirectoryNotFoundException("the sources are not here");
        }
        var published = Path.Combine(directory, "out");
        return File.Exists(Path.Combine(published, "rustup-init"))
            ? published
            : throw new FileNotFoundException("these tests run the published programs: run ./build.sh first");
    }
}
