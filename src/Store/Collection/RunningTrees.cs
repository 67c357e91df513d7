using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>
/// The trees that processes of this machine run from, lease or no lease: a tool that closes every descriptor it
/// inherited drops its lease, and still needs its files. One look at all processes.
/// </summary>
/// <remarks>
/// A look is good for a tree that no name led to when it was taken, for as long as none leads there again: only
/// descendants of what runs from the tree can start from it then, and those are found by what they inherit. What it
/// cannot see: processes of other machines; those of other users, unless we are root; one that dropped its descriptors,
/// cleared its environment, and neither executes, stands in nor maps anything of the tree. These have their lease alone.
/// </remarks>
internal sealed class RunningTrees
{
    private readonly IReadOnlyList<DirectoryUser> users;
    private readonly string? storeId;

    private RunningTrees(IReadOnlyList<DirectoryUser> users, string? storeId)
    {
        this.users = users;
        this.storeId = storeId;
    }

    /// <remarks>Locking: called outside every transaction; with a thousand processes it takes a tenth of a second.</remarks>
    internal static RunningTrees Look(Machine machine, StoreLayout layout, JournalDatabase journal) => new(
        machine.Processes.FindUsers(layout.Trees, PinnedTree.Variable),
        journal.Read(session => session.Store.Find(StoreTable.Id)));

    /// <summary>Who runs from a tree, or stands in it; null if nobody is seen to.</summary>
    internal string? DescribeUsers(string treeId)
    {
        var found = users.Where(user => user.StandsIn == treeId || RunsFrom(user, treeId)).ToList();
        return found.Count == 0
            ? null
            : string.Join(", ", found.Select(user => $"{user.Program} (process {user.ProcessId})"));
    }

    /// <summary>Who is seen to run from a tree.</summary>
    internal IReadOnlyList<DirectoryUser> FindUsers(string treeId) => [.. users.Where(user => RunsFrom(user, treeId))];

    // The variable tells a tree whatever the path through which a container sees the home.
    private bool RunsFrom(DirectoryUser user, string treeId) =>
        user.Entries.Contains(treeId) || PinOf(user) is { } pin && pin.TreeId == treeId;

    /// <summary>The tree of this store that a process was started to run from, and by which name; null if it does not show one.</summary>
    internal PinnedTree? FindPin(int processId) =>
        users.FirstOrDefault(user => user.ProcessId == processId) is { } found ? PinOf(found) : null;

    // The same tree of another store is not meant.
    private PinnedTree? PinOf(DirectoryUser user) =>
        PinnedTree.TryParse(user.Variable) is { } pin && pin.StoreId == storeId ? pin : null;
}
