using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>A component of a toolchain with what it takes, and which other toolchains it is part of as well.</summary>
/// <param name="Package">Its package.</param>
/// <param name="Target">Null if it is for every host.</param>
/// <param name="Version">As the release says.</param>
/// <param name="Bytes">Of its files, or of its archive if it waits.</param>
/// <param name="SharedWith">The other toolchains that have it; its bytes are there once.</param>
/// <param name="IsWaiting">Whether it is still to be unpacked.</param>
public sealed record ComponentUsage(
    string Package, string? Target, string Version, long Bytes, IReadOnlyList<string> SharedWith, bool IsWaiting);

/// <summary>A toolchain with what it takes: all of it, and what would come back if it went.</summary>
public sealed record ToolchainUsage(
    string Name, long GenerationId, string TreeId, long Bytes, long OwnBytes, IReadOnlyList<ComponentUsage> Components)
{
    /// <summary>To a day, in Unix milliseconds; null if this file system does not tell.</summary>
    public long? LastUsedAt { get; init; }
}

/// <summary>A tree that processes run from. Who they are is what open descriptors on this machine show, and nothing is decided from it.</summary>
/// <param name="TreeId">The tree.</param>
/// <param name="Names">The toolchains that are this tree now; none: it was replaced or uninstalled.</param>
/// <param name="Processes">None: they are another user's or machine's.</param>
/// <param name="Description">All of that for people.</param>
public sealed record LeaseUsage(
    string TreeId, IReadOnlyList<string> Names, IReadOnlyList<FileHolder> Processes, string Description);

/// <summary>An archive being fetched.</summary>
/// <param name="Row">What, and by which operation.</param>
/// <param name="ReceivedBytes">What of it is there.</param>
public sealed record DownloadUsage(DownloadRow Row, long ReceivedBytes);

/// <summary>What the store holds, at one moment.</summary>
public sealed record StoreStatus
{
    public required IReadOnlyList<ToolchainUsage> Toolchains { get; init; }

    public required long ComponentBytes { get; init; }

    public required int ComponentCount { get; init; }

    public required IReadOnlyList<LeaseUsage> Leases { get; init; }

    public required IReadOnlyList<Operation> Operations { get; init; }

    public required IReadOnlyList<DownloadUsage> Downloads { get; init; }

    public required IReadOnlyList<string> ForeignToolchains { get; init; }

    public required IReadOnlyList<DeferredRow> Deferred { get; init; }

    internal static StoreStatus Read(
        Machine machine, StoreLayout layout, JournalDatabase journal, ToolchainCatalog catalog)
    {
        var others = catalog.List().Where(toolchain => !toolchain.IsStored).Select(toolchain => toolchain.Name.Text).ToList();
        var usage = new TreeUsage(machine, layout);
        return journal.Read(session =>
        {
            // Those whose process was killed are ended by the next command that changes something.
            var running = session.Operations.ListRunning()
                .Where(operation => LockFile.FindHeld(machine, layout.Operation(operation.OperationId)) is not null).ToList();
            var components = session.Components.List();
            var names = session.Toolchains.List().Where(toolchain => toolchain.TreeId is not null).ToList();
            var parts = names.Select(toolchain => toolchain.TreeId!).Distinct()
                .ToDictionary(tree => tree, tree => ListComponents(session, tree), StringComparer.Ordinal);
            var users = names.SelectMany(toolchain => parts[toolchain.TreeId!].Select(part => (part.Id, toolchain.Name)))
                .ToLookup(use => use.Id, use => use.Name, StringComparer.Ordinal);
            return new StoreStatus
            {
                Toolchains =
                [
                    .. names.Select(toolchain => Measure(toolchain, parts[toolchain.TreeId!], users) with
                    {
                        LastUsedAt = usage.FindLastUse(toolchain.TreeId!),
                    }),
                ],
                ComponentBytes = components.Sum(component => component.Bytes),
                ComponentCount = components.Count,
                Leases = [.. session.Trees.ListIds().Select(tree => FindLease(machine, layout, tree, names)).OfType<LeaseUsage>()],
                Operations = running,
                Downloads =
                [
                    .. session.Downloads.List().Where(row => running.Exists(operation => operation.OperationId == row.OperationId)).Select(row => new DownloadUsage(row, MeasureReceived(machine, layout, row))),
                ],
                ForeignToolchains = [.. others.Where(name => session.Toolchains.Find(name) is null)],
                Deferred = session.Deferred.ListWaiting(),
            };
        });
    }

    private static IReadOnlyList<(string Id, ComponentUsage Usage)> ListComponents(JournalSession session, string tree) =>
    [
        .. session.Components.ListOfTree(tree).Select(row => (
            row.ComponentId, new ComponentUsage(row.Package, row.Target, row.Version, row.Bytes, [], IsWaiting: false))),
        .. session.Deferred.ListOfTree(tree).Select(row => (
            row.ComponentId, new ComponentUsage(row.Package, row.Target, row.Version, row.ArchiveBytes, [], IsWaiting: true))),
    ];

    private static ToolchainUsage Measure(
        ToolchainRow toolchain, IReadOnlyList<(string Id, ComponentUsage Usage)> parts, ILookup<string, string> users)
    {
        var components = parts.Select(part => part.Usage with
        {
            SharedWith = [.. users[part.Id].Where(name => name != toolchain.Name)],
        }).ToList();
        return new ToolchainUsage(
            toolchain.Name,
            toolchain.GenerationId!.Value,
            toolchain.TreeId!,
            components.Sum(component => component.Bytes),
            components.Where(component => component.SharedWith.Count == 0).Sum(component => component.Bytes),
            components);
    }

    private static LeaseUsage? FindLease(Machine machine, StoreLayout layout, string tree, List<ToolchainRow> names)
    {
        if (LockFile.FindHeld(machine, layout.Lease(tree)) is not { } lease)
        {
            return null;
        }
        var processes = machine.Processes.FindHolders(lease);
        return new LeaseUsage(
            tree,
            [.. names.Where(toolchain => toolchain.TreeId == tree).Select(toolchain => toolchain.Name)],
            processes,
            Lease.DescribeHolders(machine, processes));
    }

    private static long MeasureReceived(Machine machine, StoreLayout layout, DownloadRow row)
    {
        var archive = layout.Archive(Digest.Parse(row.Digest));
        var partial = layout.PartialArchive(Digest.Parse(row.Digest));
        return (machine.Files.Status(archive) ?? machine.Files.Status(partial))?.SizeBytes ?? 0;
    }
}
