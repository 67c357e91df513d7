namespace ToolchainStore.Platform;

/// <summary>How a program ended that was run to its end.</summary>
public sealed record ProcessResult(int ExitCode, string Output, bool TimedOut);

/// <summary>A process that has a file open.</summary>
public sealed record FileHolder(int ProcessId, string Program);

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

    /// <summary>Which processes of this machine have the file open, as far as we may look.</summary>
    IReadOnlyList<FileHolder> FindHolders(FileIdentity file);
}
