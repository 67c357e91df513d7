using System.Diagnostics;
using System.Text;
using ToolchainStore.Tests.Stress.Checking;
using ToolchainStore.Tests.Stress.Requests;

namespace ToolchainStore.Tests.Stress.Running;

/// <summary>A home of its own with the published programs in it, and the commands that are run there.</summary>
internal sealed class Home(string root, string rustupHome, string serverUrl)
{
    private const int KilledExitCode = 128 + 9;

    /// <summary>Far more than any command takes, also beside other work.</summary>
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan look = TimeSpan.FromMilliseconds(20);

    internal string RustupHome => rustupHome;

    private string CargoHome => Path.Combine(root, "cargo");

    private string Bin => Path.Combine(CargoHome, "bin");

    /// <summary>Puts the programs in place and settles what new toolchains consist of.</summary>
    internal void SetUp(string published)
    {
        RunOnce(Path.Combine(published, "rustup-init"), "-y", "--no-modify-path", "--default-toolchain", "none");
        RunOnce(Path.Combine(Bin, "rustup"), "set", "profile", "minimal");
    }

    internal ExecutedCommand Run(Request request, int worker, Disturbance disturbance, MovingMirror? mirror)
    {
        var start = Prepare(Path.Combine(Bin, request.Program), request.Arguments);
        start.WorkingDirectory = request.WorkingDirectory ?? "/";
        foreach (var (name, value) in request.Variables)
        {
            start.Environment[name] = value;
        }
        disturbance.Prepare(start);
        var started = Clock.Now;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        disturbance.Disturb(process);
        if (request.InputOpen > TimeSpan.Zero)
        {
            process.WaitForExit(request.InputOpen);
        }
        CloseInput(process);
        if (!process.WaitForExit(patience))
        {
            var waits = DescribeWaits();
            process.Kill();
            throw new MisbehaviourException(
                $"{request.Program} {string.Join(' ', request.Arguments)}{disturbance.Text} did not end within {patience}; processes here and where they wait:\n{waits}\n{error.Result}");
        }
        var ended = Clock.Now;
        return new ExecutedCommand
        {
            Request = request,
            Worker = worker,
            Start = started,
            End = ended,
            ExitCode = process.ExitCode,
            Output = output.Result,
            Error = error.Result,
            WasKilled = process.ExitCode == KilledExitCode && disturbance.Kills,
            Disturbance = disturbance.Text,
            ServerDays = mirror?.DaysBetween(started, ended) ?? [],
        };
    }

    /// <summary>Runs a command that must succeed, while nobody else works here.</summary>
    internal string Ask(params string[] arguments) => RunOnce(Path.Combine(Bin, "rustup"), arguments);

    internal string AskTool(string tool, params string[] arguments) => RunOnce(Path.Combine(Bin, tool), arguments);

    /// <summary>Until no process works in this home any more: collections go on in the background.</summary>
    internal void WaitUntilQuiet()
    {
        for (var started = Stopwatch.GetTimestamp(); FindProcess() is { } process; Thread.Sleep(look))
        {
            if (Stopwatch.GetElapsedTime(started) > patience)
            {
                throw new MisbehaviourException($"process {process} does not end");
            }
        }
    }

    private static void CloseInput(Process process)
    {
        try
        {
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program has ended already; nobody reads.
        }
    }

    /// <summary>A process whose home is this one, if there is any.</summary>
    private string? FindProcess() => ListProcesses().FirstOrDefault();

    private IEnumerable<string> ListProcesses()
    {
        var mark = Encoding.UTF8.GetBytes($"RUSTUP_HOME={RustupHome}\0");
        return Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
            .Where(path => Belongs(path, mark)).Select(path => Path.GetFileName(path));
    }

    private static bool Belongs(string process, byte[] mark)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(process, "environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while we looked, or is somebody else's.
            return false;
        }
    }

    /// <summary>The processes of this home, with what the kernel says they wait for.</summary>
    private string DescribeWaits()
    {
        var text = new StringBuilder();
        foreach (var process in ListProcesses())
        {
            foreach (var file in new[] { "cmdline", "wchan", "stack", "syscall", "environ" })
            {
                try
                {
                    var content = File.ReadAllText(Path.Combine("/proc", process, file)).Replace('\0', ' ');
                    text.Append(file == "environ" ? string.Join(' ', content.Split(' ').Where(word => word.StartsWith("RUSTUP_STORE", StringComparison.Ordinal))) : content).Append(" | ");
                }
                catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
                {
                    // It ended while we looked, or its kernel does not tell.
                }
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    private string RunOnce(string program, params string[] arguments)
    {
        using var process = Process.Start(Prepare(program, arguments))!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(patience))
        {
            process.Kill();
            throw new MisbehaviourException($"{program} {string.Join(' ', arguments)} did not end within {patience}");
        }
        return process.ExitCode == 0
            ? output.Result
            : throw new MisbehaviourException(
                $"{Path.GetFileName(program)} {string.Join(' ', arguments)} failed while nobody else worked: exit code {process.ExitCode}\n{output.Result}{error.Result}");
    }

    private ProcessStartInfo Prepare(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RUST", StringComparison.Ordinal) || name == "CI").ToList())
        {
            start.Environment.Remove(name);
        }
        start.Environment["HOME"] = root;
        start.Environment["RUSTUP_HOME"] = RustupHome;
        start.Environment["CARGO_HOME"] = CargoHome;
        start.Environment["PATH"] = $"{Bin}:/usr/bin:/bin";
        start.Environment["RUSTUP_DIST_SERVER"] = serverUrl;
        start.Environment["RUSTUP_AUTO_INSTALL"] = "0";
        return start;
    }
}
