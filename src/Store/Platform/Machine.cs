namespace ToolchainStore.Platform;

/// <summary>
/// The one seam between the store and the machine it runs on: every file, lock, clock, random number, process
/// and network call goes through here, so that tests can replace each of them. A source test keeps it so.
/// </summary>
public sealed class Machine
{
    public required IFileSystem Files { get; init; }

    public required IProcesses Processes { get; init; }

    public required INetwork Network { get; init; }

    public IJournalAccess Journal { get; init; } = new JournalFiles();

    public TimeProvider Clock { get; init; } = TimeProvider.System;

    public Action<TimeSpan> Sleep { get; init; } = Thread.Sleep;

    public IRandomness Randomness { get; init; } = new SystemRandomness();

    /// <summary>Called at every named place where a test may stop or end the process.</summary>
    public Action<string> ReachCrashPoint { get; init; } = static _ => { };

    /// <summary>The machine this process really runs on.</summary>
    public static Machine Host { get; } = new()
    {
        Files = OperatingSystem.IsWindows() ? new WindowsFileSystem() : new UnixFileSystem(),
        Processes = OperatingSystem.IsWindows() ? new WindowsProcesses() : new UnixProcesses(),
        Network = new HttpNetwork(),
        ReachCrashPoint = CrashPoint.FromEnvironment(),
    };

    /// <summary>A name nobody else has: 128 random bits in hex.</summary>
    public string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        Randomness.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
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
