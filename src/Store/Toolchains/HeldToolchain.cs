using ToolchainStore.Collection;

namespace ToolchainStore.Toolchains;

/// <summary>A toolchain that stays where it is until this is disposed of.</summary>
/// <param name="location">Where its tools are.</param>
/// <param name="lease">What keeps it; null for one that is not in the store, which nobody keeps.</param>
public sealed class HeldToolchain(ToolchainLocation location, Lease? lease) : IDisposable
{
    public ToolchainLocation Location => location;

    /// <summary>Hands the lease on to the program that this process becomes.</summary>
    public void KeepAcrossExec() => lease?.KeepAcrossExec();

    public void Dispose() => lease?.Dispose();
}
