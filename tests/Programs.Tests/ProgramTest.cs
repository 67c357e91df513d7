using System.ComponentModel;
using System.Collections.Concurrent;
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

    private readonly ConcurrentBag<Process> launched = [];

    protected ProgramTest()
    {
        Mirror = SmallMirror.WriteTo(Folder["mirror"]);
        Variables["RUSTUP_DIST_SERVER"] = Mirror.FileUrl;
        Start(Path.Combine(Published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none").ShouldSucceed();
    }

    protected const string CrashPointVariable = "RUSTUP_STORE_CRASH_POINT";

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

    /// <summary>What an installation consists of: with SQLite's library where it could not be part of the programs.</summary>
    protected static IReadOnlyList<string> ProgramNames { get; } =
    [
        .. new[] { "rustup", "rustup-proxy", "libe_sqlite3.so" }.Where(name => File.Exists(Path.Combine(Published, name))),
    ];

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
            if (value is null)
            {
                start.Environment.Remove(name);
                continue;
            }
            start.Environment[name] = value;
        }
        var process = StartWhenClosed(start);
        launched.Add(process);
        return process;
    }

    /// <summary>
    /// A program that was just copied is open for writing in every child that another test forked meanwhile, until that
    /// child executes its own.
    /// </summary>
    private static Process StartWhenClosed(ProcessStartInfo start)
    {
        const int TextFileBusy = 26, AttemptsMax = 5000;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(start)!;
            }
            catch (Win32Exception busy) when (busy.NativeErrorCode == TextFileBusy && attempt < AttemptsMax)
            {
                Thread.Sleep(1);
            }
        }
    }

    /// <summary>A program that has stopped itself at a crash point.</summary>
    protected Process LaunchUntil(string crashPoint, string program, params string[] arguments)
    {
        Variables[CrashPointVariable] = $"{crashPoint}=stop";
        var process = Launch(program, arguments);
        Variables.Remove(CrashPointVariable);
        WaitFor($"{Path.GetFileName(program)} to stop at {crashPoint}", () => process.HasExited || Processes.IsStopped(process.Id));
        if (process.HasExited)
        {
            var outcome = Finish(process);
            Assert.Fail($"it never came to {crashPoint}; exit code {outcome.ExitCode}\n{outcome.Output}\n{outcome.Error}");
        }
        return process;
    }

    /// <summary>Lets a stopped program go on, and waits for its end.</summary>
    protected static Outcome FinishStopped(Process process)
    {
        Processes.Send(process.Id, "CONT");
        return Finish(process);
    }

    protected static void Kill(Process process)
    {
        using (process)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    /// <summary>Until something is so; a test that waits in vain fails.</summary>
    protected static void WaitFor(string what, Func<bool> isSo)
    {
        for (var started = Stopwatch.GetTimestamp(); !isSo(); Thread.Sleep(5))
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                Assert.Fail($"waited in vain for {what}");
            }
        }
    }

    /// <summary>Until some process has the tree's lease open: then the proxy has become its tool.</summary>
    protected static void WaitUntilHeld(string tree) =>
        WaitFor($"a lease on {tree}", () => Processes.ListHolders(Path.Combine(tree, ".lease")).Count > 0);

    /// <summary>Collects everything that nothing needs, however young.</summary>
    protected Outcome CollectEverything() => Rustup("store", "gc", "--older-than", "0d", "--keep-generations", "0");

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
        foreach (var process in launched)
        {
            Processes.KillIfAlive(process);
        }
        try
        {
            if (File.Exists(Path.Combine(Bin, "rustup")) && Directory.Exists(Path.Combine(RustupHome, "store")))
            {
                Variables.Clear();
                Rustup("store", "verify", "--contents").ShouldSucceed();
            }
        }
        finally
        {
            ReleaseFolder();
        }
        GC.SuppressFinalize(this);
    }

    /// <summary>For tests that have something mounted there.</summary>
    protected virtual void ReleaseFolder() => Folder.Dispose();

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
