namespace ToolchainStore.Platform;

/// <summary>
/// The one seam between the store and the machine it runs on: every file, lock, clock, random number, process
/// and network call goes through here, so that tests can replace each of them. A source test keeps it so.
/// </summary>
public sealed class Machine
{
    private readonly IProcesses? processes;
    private readonly INetwork? network;

    public required IFileSystem Files { get; init; }

    public IProcesses Processes
    {
        get => processes ?? throw new InvalidOperationException("this machine was given no processes");
        init => processes = value;
    }

    /// <summary>Null on a machine that was given no processes.</summary>
    public int? CurrentProcessId => processes?.CurrentId;

    /// <summary>As <see cref="IProcesses.FindHolders"/>; nobody on a machine that was given no processes.</summary>
    public IReadOnlyList<FileHolder> FindHolders(FileIdentity file) => processes?.FindHolders(file) ?? [];

    public INetwork Network
    {
        get => network ?? throw new InvalidOperationException("this machine was given no network");
        init => network = value;
    }

    public IJournalAccess Journal { get; init; } = new JournalFiles();

    public LockWatch Locks { get; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Action<TimeSpan> Sleep { get; init; } = Thread.Sleep;

    public IRandomness Randomness { get; init; } = new SystemRandomness();

    /// <summary>Called at every named place where a test may stop or end the process.</summary>
    public Action<string> ReachCrashPoint { get; init; } = static _ => { };

    /// <summary>Is told of every lock, request, transaction and crash point that is passed; null while nobody listens.</summary>
    public Action<string>? Trace { get; set; }

    /// <summary>The machine this process really runs on.</summary>
    public static Machine Host => WholeHost.Machine;

    /// <summary>
    /// The host without network and processes, for what only reads: all that a program can reach is linked into it, and
    /// every type with a static field costs each start of a proxy.
    /// </summary>
    public static Machine HostFiles => FilesOfHost.Machine;

    /// <summary>Takes a file's lock, or says at once that somebody else holds it.</summary>
    public bool TryLock(IFile file, LockKind kind)
    {
        var isTaken = Locks.Ask(file.Path, () => file.TryLock(kind));
        Trace?.Invoke($"{(kind == LockKind.Shared ? "shared" : "exclusive")} lock of '{file.Path}': {(isTaken ? "taken" : "somebody has it")}");
        return isTaken;
    }

    /// <summary>How long something took, to say so.</summary>
    public string Since(long timestamp) => $"{Clock.GetElapsedTime(timestamp).TotalMilliseconds:0.0} ms";

    /// <summary>A name nobody else has: 128 random bits in hex.</summary>
    public string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Randomness.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    // Classes of their own, so that naming one of the two does not make the other.
    private static class FilesOfHost
    {
        internal static readonly Machine Machine = new()
        {
            Files = OperatingSystem.IsWindows() ? new WindowsFileSystem() : new UnixFileSystem(),
            ReachCrashPoint = CrashPoint.FromEnvironment(),
        };
    }

    private static class WholeHost
    {
        internal static readonly Machine Machine = new()
        {
            Files = FilesOfHost.Machine.Files,
            Processes = OperatingSystem.IsWindows() ? new WindowsProcesses() : new UnixProcesses(),
            Network = new HttpNetwork(),
            ReachCrashPoint = static name =>
            {
                // Reached for every piece of a download.
                if (name != CrashPoint.DownloadBegun)
                {
                    Machine!.Trace?.Invoke($"at {name}");
                }
                FilesOfHost.Machine.ReachCrashPoint(name);
            },
        };
    }
}

/// <summary>Where names and jitter come from.</summary>
public interface IRandomness
{
    void Fill(Span<byte> bytes);
}

/// <summary>The generator of the operating system.</summary>
public sealed class SystemRandomness : IRandomness
{
    // Seeded with 256 bits from the kernel at start; System.Security.Cryptography would load OpenSSL for sixteen bytes.
    public void Fill(Span<byte> bytes) => Random.Shared.NextBytes(bytes);
}
