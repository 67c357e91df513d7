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
    IReadOnlyList<DownloadRow> Downloads)
{
    internal static StoreStatus Read(Machine machine, StoreLayout layout, JournalDatabase journal) =>
        journal.Read(session =>
        {
            var components = session.Components.List();
            var toolchains = session.Toolchains.List().Where(toolchain => toolchain.TreeId is not null)
                .Select(toolchain => Measure(machine, layout, session, toolchain)).ToList();
            var needed = session.Toolchains.List().Select(toolchain => toolchain.TreeId).OfType<string>().Distinct()
                .SelectMany(session.Components.ListOfTree).Select(component => component.ComponentId)
                .ToHashSet(StringComparer.Ordinal);
            return new StoreStatus(
                toolchains,
                components.Sum(component => component.Bytes),
                components.Count,
                components.Where(component => !needed.Contains(component.ComponentId)).Sum(component => component.Bytes),
                session.Operations.ListRunning(),
                session.Downloads.List());
        });

    private static ToolchainUsage Measure(
        Machine machine, StoreLayout layout, JournalSession session, ToolchainRow toolchain)
    {
        var treeId = toolchain.TreeId!;
        var components = session.Components.ListOfTree(treeId);
        var own = components.Where(component =>
            session.Trees.ListIdsWith(component.ComponentId).Count == 1).Sum(component => component.Bytes);
        var isInUse = LockFile.TryTake(machine, layout.Lease(treeId), LockKind.Exclusive);
        (isInUse as LockAttempt.Taken)?.Lock.Dispose();
        var holders = isInUse is LockAttempt.Held held ? Lease.DescribeHolders(machine, held.File) : null;
        return new ToolchainUsage(toolchain.Name, components.Sum(component => component.Bytes), own, holders);
    }
}
