namespace ToolchainStore.Platform;

/// <summary>How a program ended that was run to its end.</summary>
public sealed record ProcessResult(int ExitCode, string Output, bool TimedOut);

/// <summary>A process that has a file open.</summary>
public sealed record FileHolder(int ProcessId, string Program);

/// <summary>A process with what it shows of a directory, and its value of an environment variable.</summary>
/// <param name="ProcessId">Its number.</param>
/// <param name="Program">What it calls itself.</param>
/// <param name="Entries">The directory's entries that it runs from, or has a file of in its memory.</param>
/// <param name="StandsIn">The one that its working directory is below, if it is.</param>
/// <param name="Variable">Null if it was started without that variable.</param>
public sealed record DirectoryUser(int ProcessId, string Program, IReadOnlySet<string> Entries, string? StandsIn, string? Variable);

/// <summary>What came of asking a process to end.</summary>
public enum EndingOutcome
{
    Sent,

    /// <summary>There is no such process any more.</summary>
    Gone,

    /// <summary>It is another user's, and was left alone, also by root.</summary>
    NotOurs,
}

/// <summary>Starting programs and knowing them.</summary>
public interface IProcesses
{
    int CurrentId { get; }

    string HostName { get; }

    /// <summary>Runs a program to its end and returns what it wrote to standard output.</summary>
    ProcessResult Capture(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyDictionary<string, string?> environment,
        TimeSpan timeout);

    /// <summary>
    /// Starts a program that outlives this one: a session of its own, no standard streams, and no descriptor of
    /// ours, so that whoever reads our output through a pipe sees its end when we end.
    /// </summary>
    void StartDetached(string program, IReadOnlyList<string> arguments);

    /// <summary>Which processes of this machine hold a lock of the file, as far as we may look.</summary>
    IReadOnlyList<FileHolder> FindHolders(FileIdentity file);

    /// <summary>
    /// The other processes of this machine that use something below a directory, or were started with the variable, as
    /// far as we may look: those of other users only as root. Linux alone; elsewhere nobody is found.
    /// </summary>
    /// <remarks>
    /// Whoever lives from before the call until after it is found, and so are its descendants that start meanwhile.
    /// Cost: a few files of /proc for each process, about 0.1 ms.
    /// </remarks>
    IReadOnlyList<DirectoryUser> FindUsers(string directory, string? variable = null);

    /// <summary>This process, the one that started it, the one that started that, and so on, as far as the system says.</summary>
    IReadOnlySet<int> FindAncestors();

    /// <summary>Who reads what this process writes to its standard streams, where these are pipes. Linux alone; elsewhere nobody is found.</summary>
    IReadOnlySet<int> FindReaders();

    /// <summary>Asks a process of our own user to end; forced, it is not asked.</summary>
    EndingOutcome End(int processId, bool isForced);
}
