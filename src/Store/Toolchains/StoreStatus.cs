using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A toolchain with what it takes: all of it, and what would come back if it went.</summary>
public sealed record ToolchainUsage(string Name, long Bytes, long OwnBytes, string? InUseBy);

/// <summary>What the store holds, at one moment.</summary>
public sealed record StoreStatus(
    IReadOnlyList<ToolchainUsage> Toolchains,
    long ComponentBytes,
    int ComponentCount,
    long CollectableBytes,
    IReadOnlyList<Operation> Operations,
    IReadOnlyList<DownloadRow> Downloads,
    IReadOnlyList<string> ForeignToolchains,
    IReadOnlyList<DeferredRow> Deferred)
{
    internal static StoreStatus Read(
        Machine machine, StoreLayout layout, JournalDatabase journal, ToolchainCatalog catalog)
    {
        var others = catalog.List().Where(toolchain => !toolchain.IsStored).Select(toolchain => toolchain.Name.Text).ToList();
        return journal.Read(session =>
        {
            var components = session.Components.List();
            var names = session.Toolchains.List().Where(toolchain => toolchain.TreeId is not null).ToList();
            var parts = names.Select(toolchain => toolchain.TreeId!).Distinct()
                .ToDictionary(tree => tree, session.Components.ListOfTree, StringComparer.Ordinal);
            var namesPerComponent = names.SelectMany(toolchain => parts[toolchain.TreeId!])
                .CountBy(component => component.ComponentId, StringComparer.Ordinal)
                .ToDictionary(StringComparer.Ordinal);
            var toolchains = names.Select(
                toolchain => Measure(machine, layout, toolchain, parts[toolchain.TreeId!], namesPerComponent)).ToList();
            var awaited = parts.Keys.SelectMany(session.Deferred.ListOfTree).Select(row => row.ComponentId)
                .ToHashSet(StringComparer.Ordinal);
            return new StoreStatus(
                toolchains,
                components.Sum(component => component.Bytes),
                components.Count,
                components.Where(component => !namesPerComponent.ContainsKey(component.ComponentId)).Sum(component => component.Bytes)
                    + session.Deferred.ListWaiting().Where(row => !awaited.Contains(row.ComponentId)).Sum(row => row.ArchiveBytes),
                session.Operations.ListRunning(),
                session.Downloads.List(),
                [.. others.Where(name => session.Toolchains.Find(name) is null)],
                session.Deferred.ListWaiting());
        });
    }

    private static ToolchainUsage Measure(
        Machine machine, StoreLayout layout, ToolchainRow toolchain, IReadOnlyList<ComponentRow> components,
        Dictionary<string, int> namesPerComponent)
    {
        // Its own is what no other name needs.
        var own = components.Where(component => namesPerComponent[component.ComponentId] == 1).Sum(component => component.Bytes);
        var holders = LockFile.FindHeld(machine, layout.Lease(toolchain.TreeId!)) is { } lease
            ? Lease.DescribeHolders(machine, lease)
            : null;
        return new ToolchainUsage(toolchain.Name, components.Sum(component => component.Bytes), own, holders);
    }
}
