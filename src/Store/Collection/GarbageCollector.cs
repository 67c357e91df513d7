using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Collection;

/// <summary>What may be collected.</summary>
public sealed record CollectionOptions
{
    /// <summary>What no row names is protected this long: somebody may be about to name it.</summary>
    public TimeSpan UnnamedOlderThan { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A generation that was replaced stays this long: editors remember sysroots.</summary>
    public static readonly TimeSpan KeepReplacedDefault = TimeSpan.FromDays(7);

    /// <summary>A generation that was replaced stays this long; null: the default, or no time where a number is asked for.</summary>
    public TimeSpan? KeepReplaced { get; init; }

    /// <summary>How many replaced generations of each name stay, whatever their age.</summary>
    public int? KeepGenerations { get; init; }

    /// <summary>Names that nobody used for longer are uninstalled first; null: none is.</summary>
    public TimeSpan? UnusedFor { get; init; }

    /// <summary>What the journal remembers of who collected.</summary>
    public RunningCommand Command { get; init; } = new("", "");

    /// <summary>Names that a dry run takes for uninstalled.</summary>
    public IReadOnlyList<string> UnusedNames { get; init; } = [];

    /// <summary>Says what would be collected and collects nothing.</summary>
    public bool IsDryRun { get; init; }
}

/// <summary>One thing that was collected, or kept although nothing needs it, with the reason.</summary>
public sealed record CollectedItem(string Kind, string Id, string Reason, long Bytes, bool IsKept = false);

/// <summary>
/// Deletes what is dead. Invariants: a tree goes only while its lease is held exclusively and no process of this machine
/// is seen to run from it; a row is doomed in one
/// transaction and deleted in the next, together with the rename to trash, so a crash between leaves a row that is
/// valid to nobody; bytes are deleted after that, outside every transaction.
/// </summary>
public sealed class GarbageCollector(
    Machine machine, StoreLayout layout, JournalDatabase journal, CollectionOptions options, Reporter reporter)
{
    /// <summary>What the journal calls a collection.</summary>
    internal const string Kind = "collect";

    private static readonly TimeSpan CommittedMemory = TimeSpan.FromDays(1);

    // Who polls for them does so twice a second; a machine may sleep over a weekend.
    private static readonly TimeSpan NoticeMemory = TimeSpan.FromDays(7);

    // So long is remembered what an operation did, and so how a name came to what it is.
    private static readonly TimeSpan OperationMemory = TimeSpan.FromDays(90);

    // Each further look means that somebody installed something meanwhile; the next collection finds what is left.
    private const int LooksMax = 5;
    private const int ShownIdLength = 12;

    private readonly Publisher publisher = new(machine, layout);
    private readonly List<CollectedItem> items = [];

    // What a dry run counts as deleted although the rows are still there.
    private readonly HashSet<long> previewedGenerations = [];
    private readonly HashSet<string> previewedTrees = [];

    // Their age does not matter: a component that nothing needs any more was waiting for them.
    private readonly HashSet<string> releasedArchives = new(StringComparer.Ordinal);

    private long started;

    public IReadOnlyList<CollectedItem> Collect()
    {
        started = machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        RetireGenerations();
        CollectTrees();
        CollectComponents();
        CollectDeferred();
        SweepUnnamed(layout.Trees, "tree", session => session.Trees.ListIds());
        SweepUnnamed(layout.Components, "component", session => session.Components.ListIds());
        SweepDownloads();
        if (!options.IsDryRun)
        {
            ForgetRows();
            new Recovery(machine, layout, journal).SweepPrivateLocks(options.UnnamedOlderThan);
        }
        EmptyTrash();
        return items;
    }

    /// <summary>Deletes the bytes of what was renamed away. Several processes may do it at once.</summary>
    public void EmptyTrash()
    {
        machine.ReachCrashPoint(CrashPoint.BeforeTrashEmptied);
        foreach (var entry in machine.Files.List(layout.Trash))
        {
            if (options.IsDryRun)
            {
                items.Add(new CollectedItem("trash", entry.Name, "was removed before", 0));
                continue;
            }
            machine.Files.DeleteTree(Path.Combine(layout.Trash, entry.Name));
        }
    }

    private void RetireGenerations()
    {
        List<GenerationRow> expired = [];
        foreach (var ofName in journal.Read(session => session.Generations.ListRetired()).GroupBy(row => row.ToolchainName))
        {
            var newer = 0;
            foreach (var generation in ofName)
            {
                var why = options.UnusedNames.Contains(ofName.Key) ? null : WhyKept(generation, newer);
                newer += generation.KeptAs is null ? 1 : 0;
                items.Add(new CollectedItem(
                    "generation", $"{generation.ToolchainName} {generation.GenerationId}", why ?? "was replaced", 0, IsKept: why is not null));
                if (why is null)
                {
                    expired.Add(generation);
                }
            }
        }
        if (expired.Count > 0 && !options.IsDryRun)
        {
            journal.Write(session =>
            {
                foreach (var generation in expired)
                {
                    session.Generations.DeleteUnlessKept(generation.GenerationId);
                }
            });
        }
        previewedGenerations.UnionWith(expired.Select(generation => generation.GenerationId));
    }

    /// <summary>Null if it goes.</summary>
    /// <param name="generation">One that was replaced.</param>
    /// <param name="newer">How many of its name were replaced after it and are not kept.</param>
    private string? WhyKept(GenerationRow generation, int newer)
    {
        if (generation.KeptAs is { } name)
        {
            return name.Length > 0 ? $"kept as '{name}'" : "kept";
        }
        if (newer < options.KeepGenerations)
        {
            return $"one of the last {options.KeepGenerations}";
        }
        var stays = options.KeepReplaced
            ?? (options.KeepGenerations is null ? CollectionOptions.KeepReplacedDefault : TimeSpan.MinValue);
        var age = TimeSpan.FromMilliseconds(machine.Clock.GetUtcNow().ToUnixTimeMilliseconds() - generation.RetiredAt!.Value);
        return age < stays ? $"was replaced less than {stays.TotalDays:0.#} days ago" : null;
    }

    private void CollectTrees()
    {
        var areAllDecided = false;
        for (var look = 0; look < LooksMax && !areAllDecided; look++)
        {
            var (candidates, asOf) = ListDeadTrees();
            var decided = items.Select(item => item.Id).ToHashSet(StringComparer.Ordinal);
            var trees = candidates.Where(tree => !decided.Contains(tree.TreeId)).ToList();
            if (trees.Count == 0)
            {
                return;
            }
            // After the list: no name leads to any of its trees by now, so whoever starts from one is a descendant of
            // what we see. That holds until a generation is made, which CollectTree notices.
            var running = RunningTrees.Look(machine, layout, journal);
            machine.ReachCrashPoint(CrashPoint.ProcessesSeen);
            areAllDecided = trees.TrueForAll(tree => TryDecide(tree, running, asOf));
        }
    }

    private (IReadOnlyList<TreeRow> Trees, long AsOf) ListDeadTrees() => journal.Read(session =>
    {
        var asOf = session.Generations.FindLastNumber();
        var dead = session.Trees.ListUnreferenced();
        if (!options.IsDryRun || (previewedGenerations.Count == 0 && options.UnusedNames.Count == 0))
        {
            return (dead, asOf);
        }
        var names = session.Toolchains.List();
        var gone = names.Where(toolchain => options.UnusedNames.Contains(toolchain.Name)).ToList();
        var retired = session.Generations.ListRetired();
        var current = names.Except(gone).Select(toolchain => toolchain.TreeId).ToHashSet();
        var kept = retired.Where(generation => !previewedGenerations.Contains(generation.GenerationId))
            .Select(generation => generation.TreeId).ToHashSet();
        var freed = retired.Select(generation => generation.TreeId).Concat(gone.Select(toolchain => toolchain.TreeId!)).Distinct()
            .Where(tree => !current.Contains(tree) && !kept.Contains(tree))
            .Select(tree => session.Trees.Find(tree)).OfType<TreeRow>();
        return ([.. dead, .. freed], asOf);
    });

    /// <summary>Collects the tree, or says why it stays; false if the look at the processes is out of date.</summary>
    private bool TryDecide(TreeRow tree, RunningTrees running, long asOf)
    {
        if (running.DescribeUsers(tree.TreeId) is { } users) // Guard: running-trees
        {
            Keep("tree", tree.TreeId, users);
            return true;
        }
        if (options.IsDryRun)
        {
            PreviewTree(tree);
            return true;
        }
        return TryCollectTree(tree, asOf);
    }

    private bool TryCollectTree(TreeRow tree, long asOf)
    {
        LockFile? lease = null;
        var isLookCurrent = true;
        try
        {
            var isDoomed = journal.Write(session =>
            {
                if (session.Trees.IsReferenced(tree.TreeId)) // Guard: recheck-tree-referenced
                {
                    return false;
                }
                // Since the look a name may have led here and have been taken away again.
                isLookCurrent = session.Generations.FindLastNumber() == asOf; // Guard: recheck-look
                if (!isLookCurrent)
                {
                    return false;
                }
                // A lease that is not there is nobody's: so it must really not be there, whatever was so a moment ago.
                machine.Files.Refresh(layout.Trees); // Guard: refresh-leases
                switch (LockFile.TryTake(machine, layout.Lease(tree.TreeId), LockKind.Exclusive))
                {
                    case LockAttempt.Held held: // Guard: lock-lease-collected
                        Keep("tree", tree.TreeId, Lease.DescribeHolders(machine, held.File));
                        return false;
                    case LockAttempt.Taken taken:
                        lease = taken.Lock;
                        break;
                }
                session.Trees.SetState(tree.TreeId, ComponentRow.Doomed);
                return true;
            });
            if (!isDoomed)
            {
                return isLookCurrent;
            }
            machine.ReachCrashPoint(CrashPoint.TreeDoomed);
            DiscardDoomed(tree, lease);
            return true;
        }
        finally
        {
            lease?.Dispose();
        }
    }

    private void DiscardDoomed(TreeRow tree, LockFile? lease)
    {
        var isDeleted = journal.Write(session =>
        {
            // An installer may have published the same tree anew in between: then it is not doomed any more.
            if (session.Trees.Find(tree.TreeId)?.State != ComponentRow.Doomed) // Guard: recheck-tree-doomed
            {
                return false;
            }
            lease?.MarkDead(); // Guard: mark-lease-dead
            machine.ReachCrashPoint(CrashPoint.BeforeTreeDiscarded);
            publisher.Discard(layout.Tree(tree.TreeId));
            machine.ReachCrashPoint(CrashPoint.AfterTreeDiscarded);
            session.Trees.Delete(tree.TreeId);
            return true;
        });
        if (isDeleted)
        {
            items.Add(new CollectedItem("tree", tree.TreeId, "no toolchain uses it", tree.Bytes));
        }
    }

    private void PreviewTree(TreeRow tree)
    {
        if (LockFile.FindHeld(machine, layout.Lease(tree.TreeId)) is { } lease)
        {
            Keep("tree", tree.TreeId, Lease.DescribeHolders(machine, lease));
            return;
        }
        items.Add(new CollectedItem("tree", tree.TreeId, "no toolchain uses it", tree.Bytes));
        previewedTrees.Add(tree.TreeId);
    }

    private void Keep(string kind, string id, string users)
    {
        reporter.Info($"keeping {kind} {id[..Math.Min(id.Length, ShownIdLength)]}: in use by {users}");
        items.Add(new CollectedItem(kind, id, $"in use by {users}", 0, IsKept: true));
    }

    private void CollectComponents()
    {
        var dead = journal.Read(session => options.IsDryRun
            ? session.Components.List().Where(component => session.Components.IsDeadWithout(
                component.ComponentId, previewedTrees)).ToList()
            : session.Components.ListUnreferenced());
        foreach (var component in dead)
        {
            if (!options.IsDryRun && !TryCollectComponent(component.ComponentId))
            {
                continue;
            }
            items.Add(new CollectedItem(
                "component", $"{component.Package} {component.Version}", "no toolchain uses it", component.Bytes));
        }
    }

    private bool TryCollectComponent(string componentId)
    {
        var isDoomed = journal.Write(session =>
        {
            if (session.Components.IsReferenced(componentId)) // Guard: recheck-component-referenced
            {
                return false;
            }
            session.Components.SetState(componentId, ComponentRow.Doomed);
            return true;
        });
        machine.ReachCrashPoint(CrashPoint.ComponentDoomed);
        return isDoomed && journal.Write(session =>
        {
            // Between the two transactions an operation may have pinned it, or even published it anew.
            if (IsNeededAgain(session, componentId)) // Guard: recheck-component-doomed
            {
                return false;
            }
            machine.Files.Refresh(layout.Components);
            publisher.Discard(layout.Component(componentId));
            session.Components.Delete(componentId);
            return true;
        });
    }

    private static bool IsNeededAgain(JournalSession session, string componentId) =>
        session.Components.IsReferenced(componentId)
        || session.Components.Find(componentId)?.State != ComponentRow.Doomed;

    /// <summary>
    /// Components that wait to be unpacked and that no tree needs any more. No directory belongs to them; their archives go as
    /// other downloads do.
    /// </summary>
    /// <remarks>Crash: after the commit an archive that nothing needs, which a later collection finds.</remarks>
    private void CollectDeferred()
    {
        foreach (var row in options.IsDryRun ? ListDeadDeferred() : ForgetDeadDeferred())
        {
            // The bytes are counted with the archive.
            items.Add(new CollectedItem("component", $"{row.Package} {row.Version}", "no toolchain uses it", 0));
            releasedArchives.Add(row.ArchiveDigest);
        }
    }

    private IReadOnlyList<DeferredRow> ListDeadDeferred() => journal.Read(session =>
        session.Deferred.List().Where(row => session.Deferred.IsDeadWithout(row.ComponentId, previewedTrees)).ToList());

    private IReadOnlyList<DeferredRow> ForgetDeadDeferred() =>
        journal.Read(session => session.Deferred.ListUnreferenced()).Count == 0
            ? []
            : journal.Write(session =>
            {
                var dead = session.Deferred.ListUnreferenced();
                foreach (var row in dead)
                {
                    session.Deferred.Delete(row.ComponentId);
                }
                return dead;
            });

    /// <summary>Directories that no row names: what a killed operation published last.</summary>
    private void SweepUnnamed(string parent, string kind, Func<JournalSession, IReadOnlyList<string>> listNamed)
    {
        // The directory first: what gets its name and its row meanwhile is not on the list at all.
        var entries = machine.Files.List(parent);
        var named = journal.Read(listNamed).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => !named.Contains(entry.Name)))
        {
            var path = Path.Combine(parent, entry.Name);
            if (!Age.IsOlder(machine, path, options.UnnamedOlderThan))
            {
                continue;
            }
            if (!options.IsDryRun && !TryDiscardUnnamed(path, kind, entry.Name))
            {
                continue;
            }
            items.Add(new CollectedItem(kind, entry.Name, "nothing names it", 0));
        }
    }

    private bool TryDiscardUnnamed(string path, string kind, string id)
    {
        if (kind == "tree" && RunningTrees.Look(machine, layout, journal).DescribeUsers(id) is { } users)
        {
            Keep(kind, id, users);
            return false;
        }
        var attempt = LockFile.TryTake(machine, Path.Combine(path, StoreLayout.LeaseFileName), LockKind.Exclusive);
        if (attempt is LockAttempt.Held held)
        {
            Keep(kind, id, Lease.DescribeHolders(machine, held.File));
            return false;
        }
        using var lease = (attempt as LockAttempt.Taken)?.Lock;
        // The write lock is the publish lock: nobody can be between a rename and its row.
        return journal.Write(session =>
        {
            var isStillUnnamed = kind == "tree"
                ? session.Trees.Find(id) is null
                : session.Components.Find(id) is null;
            if (isStillUnnamed) // Guard: recheck-unnamed
            {
                lease?.MarkDead();
                publisher.Discard(path);
            }
            return isStillUnnamed;
        });
    }

    /// <summary>
    /// Archives are not needed once unpacked, and stay until then; partial ones are for resuming, as long as that is likely.
    /// </summary>
    private void SweepDownloads()
    {
        foreach (var entry in machine.Files.List(layout.Downloads))
        {
            var path = Path.Combine(layout.Downloads, entry.Name);
            var isReleased = releasedArchives.Contains(entry.Name);
            if (!isReleased && !Age.IsOlder(machine, path, options.UnnamedOlderThan))
            {
                continue;
            }
            if (options.IsDryRun)
            {
                PreviewDownload(entry.Name, path, isReleased);
                continue;
            }
            if (machine.Files.TryOpenReadWrite(path) is not { } file)
            {
                continue;
            }
            using (file)
            {
                if (!machine.TryLock(file, LockKind.Exclusive) || machine.Files.Status(path)?.Identity != file.Identity) // Guard: lock-download-swept
                {
                    continue;
                }
                // Whoever records that a component waits for it held the lock until that was committed.
                var isNeeded = journal.Read(session => session.Deferred.NeedsArchive(entry.Name)); // Guard: recheck-archive-swept
                if (isNeeded)
                {
                    continue;
                }
                items.Add(new CollectedItem("download", entry.Name, "no operation fetches it", file.Length));
                // A partial file is never unlinked under its name: whoever waits for its lock compares inodes.
                machine.Files.Rename(path, Path.Combine(layout.Trash, machine.NewId()));
            }
        }
    }

    private void PreviewDownload(string name, string path, bool isReleased)
    {
        using var file = machine.Files.TryOpenRead(path);
        if (file is not null
            && machine.Locks.Ask(path, () => file.CouldLock(LockKind.Exclusive))
            && (isReleased || !journal.Read(session => session.Deferred.NeedsArchive(name))))
        {
            items.Add(new CollectedItem("download", name, "no operation fetches it", file.Length));
        }
    }

    private void ForgetRows()
    {
        var now = machine.Clock.GetUtcNow();
        var bytes = items.Where(item => !item.IsKept).Sum(item => item.Bytes);
        journal.Write(session =>
        {
            session.Manifests.DeleteUnreferenced();
            session.Committed.DeleteBefore(now.Subtract(CommittedMemory).ToUnixTimeMilliseconds());
            session.Notices.DeleteBefore(now.Subtract(NoticeMemory).ToUnixTimeMilliseconds());
            session.Operations.DeleteBefore(now.Subtract(OperationMemory).ToUnixTimeMilliseconds());
            if (items.Exists(item => !item.IsKept))
            {
                RunningOperation.RecordInstant(session, machine, Kind, options.Command, started, bytes);
            }
        });
    }
}
