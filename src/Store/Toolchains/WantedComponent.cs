using ToolchainStore.Distribution;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>A component of the plan with everything to get it.</summary>
internal sealed record WantedComponent(
    TreePart Part,
    string Version,
    string Name,
    IReadOnlyList<ArchiveSource> Archives,
    ArchiveSource Archive,
    WantedState State,
    bool IsKept,
    bool IsAdopted)
{
    internal Component Component => new(Part.Package, Part.Target);

    internal bool IsMissing => State is WantedState.ToFetch or WantedState.ToUnpack;

    /// <summary>Whether it need not be unpacked by this operation.</summary>
    internal bool MayWait => State is WantedState.Waiting or WantedState.ToFetch;
}

/// <summary>What was found of a component, and so what is to be done.</summary>
internal enum WantedState
{
    /// <summary>Nothing: it is valid.</summary>
    Present,

    /// <summary>Nothing: it was fetched before and waits to be unpacked.</summary>
    Waiting,

    /// <summary>To fetch its archive and leave it to be unpacked later.</summary>
    ToFetch,

    /// <summary>To fetch its archive, unless that is there, and to unpack it.</summary>
    ToUnpack,
}

/// <summary>All components of a plan, and whether their tree is there.</summary>
internal sealed class WantedComponents(IEnumerable<WantedComponent> components) : List<WantedComponent>(components)
{
    internal bool IsTreeMissing { get; set; }

    /// <summary>The id that their tree has or gets.</summary>
    internal string TreeId { get; set; } = "";
}
