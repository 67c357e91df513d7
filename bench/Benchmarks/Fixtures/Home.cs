using System.Text;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A user's directories with one side's programs in them. Nothing outside is seen or written.</summary>
internal sealed class Home
{
    private static readonly TimeSpan QuietMax = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(20);

    private readonly CancellationToken cancellation;
    private readonly Dictionary<string, string> environment;

    private Home(Side side, string root, string server, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        Side = side;
        Root = root;
        environment = new Dictionary<string, string>
        {
            ["HOME"] = root,
            ["RUSTUP_HOME"] = RustupHome,
            ["CARGO_HOME"] = CargoHome,
            ["PATH"] = $"{CargoHome}/bin:/usr/bin:/bin",
            ["RUSTUP_DIST_SERVER"] = server,
            ["RUSTUP_UPDATE_ROOT"] = $"{server}/rustup",
            ["RUSTUP_INIT_SKIP_PATH_CHECK"] = "yes",
            ["LC_ALL"] = "C",
            ["TERM"] = "dumb",
            ["SHELL"] = "/bin/sh",
        };
    }

    internal Side Side { get; }

    internal string Root { get; }

    internal string RustupHome => Path.Combine(Root, ".rustup");

    private string CargoHome => Path.Combine(Root, ".cargo");

    /// <summary>Fresh directories with the programs and no toolchain.</summary>
    internal static Home Create(Side side, string root, string installer, string server, CancellationToken cancellation)
    {
        Directory.CreateDirectory(root);
        var home = new Home(side, root, server, cancellation);
        home.Run(home.Program(installer, "-y", "--no-modify-path", "--default-toolchain", "none"));
        return home;
    }

    /// <summary>The same again elsewhere, with links kept as links; both programs' homes can be copied.</summary>
    internal Home CopyTo(string root)
    {
        WaitUntilQuiet();
        Directory.CreateDirectory(root);
        Run(Command.Inherit("/bin/cp", "-a", $"{Root}/.", root));
        return new Home(Side, root, environment["RUSTUP_DIST_SERVER"], cancellation);
    }

    internal Home Using(string server) => new(Side, Root, server, cancellation);

    internal Command Rustup(params IReadOnlyList<string> arguments) => Tool("rustup", arguments);

    /// <summary>A tool as it is found by PATH: a proxy, or rustup itself.</summary>
    internal Command Tool(string name, params IReadOnlyList<string> arguments) =>
        Program(Path.Combine(CargoHome, "bin", name), arguments);

    internal Command Program(string program, params IReadOnlyList<string> arguments) =>
        new(program, arguments, environment, Root);

    internal Execution Run(Command command, bool isMemoryWatched = false) =>
        ChildProcess.RunToSuccess(command, cancellation, isMemoryWatched);

    /// <summary>
    /// The toolchain's own program, which no proxy is in front of. Links are followed, as our proxy starts what they
    /// lead to.
    /// </summary>
    internal string FindToolchainProgram(string toolchain, string name)
    {
        var path = Run(Rustup("which", "--toolchain", toolchain, name)).Output.Trim();
        return Run(Command.Inherit("/usr/bin/readlink", "-f", path)).Output.Trim();
    }

    /// <summary>The variables that a proxy gives to what it starts.</summary>
    internal Command AsNested(Command command, string toolchain)
    {
        var printed = Run(Rustup("run", toolchain, "env")).Output;
        var nested = printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1]);
        return nested.ContainsKey("RUST_RECURSION_COUNT")
            ? command with { Environment = nested }
            : throw new BenchmarkException(
                $"a program that 'rustup run' starts does not see RUST_RECURSION_COUNT: {printed}");
    }

    /// <summary>Waits until nothing runs any more that a command left behind, such as a collection.</summary>
    internal void WaitUntilQuiet()
    {
        var mark = Encoding.UTF8.GetBytes($"RUSTUP_HOME={RustupHome}\0");
        var deadline = DateTime.UtcNow + QuietMax;
        while (Directory.EnumerateDirectories("/proc").Any(process => HasEnvironment(process, mark)))
        {
            cancellation.ThrowIfCancellationRequested();
            if (DateTime.UtcNow > deadline)
            {
                throw new BenchmarkException($"something still runs in {Root} after {QuietMax.TotalMinutes} minutes");
            }
            Thread.Sleep(LookInterval);
        }
    }

    internal void Delete()
    {
        WaitUntilQuiet();
        Run(Command.Inherit("/bin/rm", "-rf", Root));
    }

    private static bool HasEnvironment(string process, byte[] mark)
    {
        if (!int.TryParse(Path.GetFileName(process), out _))
        {
            return false;
        }
        try
        {
            return File.ReadAllBytes(Path.Combine(process, "environ")).AsSpan().IndexOf(mark) >= 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is another user's and so none of ours.
            return false;
        }
    }
}
