using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Holds the tree that a process is about to run from: lookup, lease, and the lookup once more, so that nothing starts
/// from a name that was taken away in between.
/// </summary>
/// <param name="machine">Where the lease is.</param>
/// <param name="layout">Whose trees they are.</param>
/// <param name="query">The journal; null where there is none to ask.</param>
/// <param name="inherited">The tree that an ancestor runs from, if this process has one.</param>
public sealed class TreeHolder(Machine machine, StoreLayout layout, SelectionQuery? query, PinnedTree? inherited)
{
    /// <summary>A tree can be collected between lookup and lease; each repetition means that a name moved.</summary>
    public const int LookupsMax = 10;

    // What cargo itself calls: these stay with the compiler that the build began with.
    private static readonly string[] PinnedTools = ["rustc", "rustdoc", "clippy-driver", "rustfmt"];

    /// <summary>The lease on a tree, while the name leads to it; null if it does not any more: look it up again.</summary>
    /// <remarks>
    /// Locking: a lease taken before the second lookup is one that a collector finds, so what the second lookup sees
    /// stays. Descendants of a process that runs from the tree may start from it whatever the name leads to.
    /// </remarks>
    public Lease? TryHold(ToolchainLocation.Stored tree)
    {
        machine.ReachCrashPoint(CrashPoint.ToolchainFound);
        if (Lease.TryTake(machine, layout, tree.TreeId) is not { } lease)
        {
            // Gone, or published by another machine after this one had looked for it.
            machine.Files.Refresh(layout.Trees);
            return null;
        }
        machine.ReachCrashPoint(CrashPoint.LeaseTaken);
        if (query is null || inherited?.TreeId == tree.TreeId)
        {
            return lease;
        }
        query.StartNewSnapshot();
        if (query.FindToolchain(tree.Name)?.TreeId == tree.TreeId) // Guard: recheck-name
        {
            return lease;
        }
        lease.Dispose();
        return null;
    }

    /// <summary>
    /// The inherited tree with its lease, for a tool that cargo itself calls, as long as the link of the name leads there; null if it
    /// has to be looked up. Nothing is asked of the journal: it says the same, or a command that is just publishing another tree
    /// has not moved the link yet, and then the build stays with the compiler it has. Over a network it always has to be: a notice comes
    /// before the first lock.
    /// </summary>
    /// <param name="tool">The tool's name without directory and suffix.</param>
    /// <param name="name">What was chosen.</param>
    public (ToolchainLocation.Stored Tree, Lease Lease)? TryHoldInherited(string tool, string name)
    {
        if (inherited is not { } pin
            || !PinnedTools.Contains(tool)
            || pin.ToolchainName != name
            || !layout.IsViewTarget(machine.Files.ReadLink(layout.ToolchainView(name)), pin.TreeId)
            || !machine.Files.Exists(layout.Tree(pin.TreeId))
            || machine.Files.Describe(layout.Tree(pin.TreeId)).Kind == VolumeKind.Network)
        {
            return null;
        }
        return Lease.TryTake(machine, layout, pin.TreeId) is { } lease
            ? (new ToolchainLocation.Stored(name, pin.TreeId, layout.Tree(pin.TreeId)), lease)
            : null;
    }

    /// <summary>What to say after <see cref="LookupsMax"/> lookups: the name moved each time, or leads to what somebody deleted.</summary>
    /// <param name="files">Where the tree should be.</param>
    /// <param name="what">Whose tree it is.</param>
    /// <param name="last">What could not be held the last time.</param>
    public static StoreException NotHeld(IFileSystem files, string what, ToolchainLocation.Stored? last) =>
        last is not null && !files.Exists(Path.Combine(last.SysrootPath, StoreLayout.LeaseFileName))
            ? new StoreException(
                StoreErrorKind.Corrupt,
                $"{what} is damaged: '{last.SysrootPath}' is missing, or its file '{StoreLayout.LeaseFileName}'"
                + "\nhelp: run `rustup store verify --repair` to bring it back")
            : new StoreException(StoreErrorKind.Busy, $"{what} changed {LookupsMax} times while it was looked up\nhelp: run the command again");

    /// <summary>Why a program of the store does not start, if it was changed so that nobody can run it; null if that is not why.</summary>
    public static string? FindDamage(IFileSystem files, StoreLayout layout, string program)
    {
        const UnixFileMode Execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return program.StartsWith(layout.Trees + "/", StringComparison.Ordinal) && ((files.Status(program)?.Mode ?? 0) & Execute) != Execute
            ? $"'{program}' is damaged: its mode was changed\nhelp: run `rustup store verify --repair` to bring it back"
            : null;
    }

    /// <summary>
    /// The inherited tree, for a tool that cargo itself calls, if the name's current tree has another compiler. The
    /// same compiler with other extras is no reason to stay: a target that a build script added must be found.
    /// </summary>
    public ToolchainLocation.Stored? FindPinned(string tool, string name, ToolchainLocation? current)
    {
        if (query is null
            || inherited is not { } pin
            || !PinnedTools.Contains(tool)
            || pin.ToolchainName != name
            || pin.StoreId != query.FindStoreCell(StoreTable.Id)
            || !query.IsTreeValid(pin.TreeId))
        {
            return null;
        }
        if (current is ToolchainLocation.Stored stored
            && (stored.TreeId == pin.TreeId
                || query.FindComponentOf(stored.TreeId, "rustc") == query.FindComponentOf(pin.TreeId, "rustc")))
        {
            return null;
        }
        return new ToolchainLocation.Stored(name, pin.TreeId, layout.Tree(pin.TreeId));
    }
}
