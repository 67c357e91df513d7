using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Diagnosis;

/// <summary>What came of one look at a home.</summary>
public enum CheckState
{
    Ok,

    /// <summary>It may go wrong one day.</summary>
    Warning,

    /// <summary>It loses what it should keep.</summary>
    Failed,

    /// <summary>It could not be tried; the detail says why.</summary>
    Skipped,
}

/// <summary>One thing that a store relies on, whether it is so here, and what to do if not.</summary>
public sealed record Check(string Name, CheckState State, string Detail);

/// <summary>Everything that was looked at.</summary>
public sealed record Diagnosis(
    string Home, VolumeDescription Volume, MountDescription? Mount, JournalMode? Mode, IReadOnlyList<Check> Checks)
{
    public bool HasFailed => Checks.Any(check => check.State == CheckState.Failed);
}
