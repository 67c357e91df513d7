using System.Globalization;
using ToolchainStore.Tests.Stress.Checking;

namespace ToolchainStore.Tests.Stress.Requests;

/// <summary>One command that was run, with what it reported.</summary>
public sealed record ExecutedCommand
{
    public required Request Request { get; init; }

    public required int Worker { get; init; }

    public required long Start { get; init; }

    public required long End { get; init; }

    public required int ExitCode { get; init; }

    public required string Output { get; init; }

    public required string Error { get; init; }

    /// <summary>Whether it ended by SIGKILL, so that what it did is unknown.</summary>
    public required bool WasKilled { get; init; }

    /// <summary>How it was to be disturbed, as people read it.</summary>
    public required string Disturbance { get; init; }

    /// <summary>The days that the server may have shown while it ran.</summary>
    public required IReadOnlyList<int> ServerDays { get; init; }

    public string Outcome => WasKilled ? "killed" : ExitCode.ToString(CultureInfo.InvariantCulture);

    public string Title => $"worker {Worker}: {Request.Program} {string.Join(' ', Request.Arguments)}";

    public override string ToString()
    {
        var text = $"{Clock.Format(Start)} - {Clock.Format(End)} {Title}{Disturbance} -> {Outcome}";
        foreach (var line in $"{Output}\n{Error}".Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text += $"\n        | {line}";
        }
        return text;
    }
}
