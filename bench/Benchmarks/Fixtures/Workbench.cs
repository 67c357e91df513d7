using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>What rows are measured on, made when a row first asks for it; gone at the end.</summary>
internal sealed class Workbench : IDisposable
{
    internal const string Stable = "stable";

    private const string MemoryFileSystem = "/dev/shm";

    private readonly BenchmarkOptions options;
    private readonly FileServer server;
    private readonly string realInstaller;
    private readonly string root;
    private string? rootInMemory;
    private readonly Dictionary<Side, Home> defaultHomes = [];
    private readonly Dictionary<Side, Home> spareHomes = [];
    private FileServer? nightliesServer;
    private int homesMade;

    internal Workbench(BenchmarkOptions options, CancellationToken cancellation)
    {
        this.options = options;
        Cancellation = cancellation;
        root = Directory.CreateTempSubdirectory("toolchain-store-bench-").FullName;
        // The real rustup does by its name what it is told.
        realInstaller = Path.Combine(MakeFolder("installer"), "rustup-init");
        File.Copy(options.RealRustup, realInstaller);
        Mirror = new RealMirror(options.Mirror);
        server = new FileServer(options.ServerProgram, options.Mirror);
        Nightlies = new SmallNightlies(MakeFolder("nightlies"));
    }

    internal CancellationToken Cancellation { get; }

    internal bool IsQuick => options.IsQuick;

    internal RealMirror Mirror { get; }

    internal string MirrorDirectory => options.Mirror;

    /// <summary>The URL of the mirror of real toolchains.</summary>
    internal string Server => server.Url;

    internal SmallNightlies Nightlies { get; }

    internal string NightliesServer => (nightliesServer ??= Serve(Path.Combine(root, "nightlies"))).Url;

    /// <summary>Such as <c>rustup 1.29.0</c>.</summary>
    internal string RustupVersion
    {
        get
        {
            var home = MakeHome(Side.Rustup, Server);
            return string.Join(' ', home.Run(home.Rustup("--version")).Output.Split(' ').Take(2));
        }
    }

    internal static bool HasMemoryFileSystem => Directory.Exists(MemoryFileSystem);

    internal FileServer Serve(string directory) => new(options.ServerProgram, directory);

    internal string MakeFolder(string name) => Directory.CreateDirectory(Path.Combine(root, name)).FullName;

    internal string MakeFolderInMemory(string name)
    {
        rootInMemory ??= Directory.CreateDirectory(
            Path.Combine(MemoryFileSystem, Path.GetFileName(root))).FullName;
        return Directory.CreateDirectory(Path.Combine(rootInMemory, name)).FullName;
    }

    /// <summary>Fresh homes with the side's programs and no toolchain.</summary>
    internal Home MakeHome(Side side, string url, bool isInMemory = false)
    {
        var name = $"{(side == Side.Ours ? "ours" : "rustup")}-{homesMade++}";
        return Home.Create(
            side,
            isInMemory ? MakeFolderInMemory(name) : MakeFolder(name),
            side == Side.Ours ? Path.Combine(options.Product, "rustup-init") : realInstaller,
            url,
            Cancellation);
    }

    /// <summary>Homes with stable in its default profile, which every row leaves as they were.</summary>
    internal Both<Home> DefaultHomes => Both<Home>.Make(side =>
    {
        if (!defaultHomes.TryGetValue(side, out var home))
        {
            home = MakeHome(side, Server);
            home.Run(home.Rustup("toolchain", "install", Stable, "--profile", "default", "--no-self-update"));
            defaultHomes.Add(side, home);
        }
        return home;
    });

    /// <summary>Takes over homes that an installation has just made, and returns those that they take the place of.</summary>
    internal Home? KeepAsDefault(Home home)
    {
        defaultHomes.Remove(home.Side, out var earlier);
        defaultHomes.Add(home.Side, home);
        return earlier;
    }

    /// <summary>A home like the side's default one, for the caller to change and delete, or to pass on as a spare.</summary>
    internal Home TakeCopy(Side side) =>
        spareHomes.Remove(side, out var spare)
            ? spare
            : DefaultHomes.Of(side).CopyTo(MakeFolder($"copy-{homesMade++}"));

    /// <summary>Takes back a copy in which stable still is in its default profile, whatever its date: copying takes long.</summary>
    internal void KeepAsSpare(Home home)
    {
        if (!spareHomes.TryAdd(home.Side, home))
        {
            home.Delete();
        }
    }

    /// <summary>Runs a shell script that measures what the machine can do.</summary>
    internal double TimeScript(string script, string folder)
    {
        Native.Sync();
        return ChildProcess.RunToSuccess(Command.Shell(script, folder), Cancellation).Elapsed.TotalSeconds;
    }

    public void Dispose()
    {
        server.Dispose();
        nightliesServer?.Dispose();
        // Not cancelled: this is what an interruption leads to.
        foreach (var folder in (string?[])[root, rootInMemory])
        {
            if (folder is not null)
            {
                _ = ChildProcess.Run(Command.Inherit("/bin/rm", "-rf", folder), CancellationToken.None);
            }
        }
    }
}
