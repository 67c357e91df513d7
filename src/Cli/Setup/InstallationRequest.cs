using ToolchainStore.Distribution;

namespace ToolchainStore.Cli.Setup;

/// <summary>What the installer was asked for. No host: the detected one; no toolchain: keep or choose one.</summary>
internal sealed record InstallationRequest
{
    public required bool IsConfirmed { get; init; }

    public required string? DefaultHost { get; init; }

    public required string? DefaultToolchain { get; init; }

    public required string Profile { get; init; }

    public required IReadOnlyList<string> Components { get; init; }

    public required IReadOnlyList<string> Targets { get; init; }

    public required bool KeepsDefaultToolchain { get; init; }

    public required bool ModifiesPath { get; init; }

    /// <summary>Refuses what cannot be installed before anything is asked or changed.</summary>
    internal void Check(string detectedHost)
    {
        try
        {
            TargetTriple.ParseHost(DefaultHost ?? detectedHost);
            RequestedToolchain.ParseOfficialOrNone(DefaultToolchain ?? "stable");
        }
        catch (StoreException refused)
        {
            throw new StoreException(
                refused.Kind,
                $"Pre-checks for host and toolchain failed: {refused.Message}"
                + "\nIf you are unsure of suitable values, the 'stable' toolchain is the default."
                + $"\nValid host triples look something like: {detectedHost}",
                refused.InnerException);
        }
    }
}
