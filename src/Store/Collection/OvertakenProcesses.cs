using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Collection;

/// <summary>A tree that a name led to before it moved or went.</summary>
public sealed record LeftTree(string ToolchainName, string TreeId);

/// <summary>
/// Those who still run from a tree that its name has left: who they are, and their end if somebody wants it. A courtesy:
/// nothing about the store is decided from it, and the tree stays until its lease is free.
/// </summary>
/// <remarks>
/// Who has no lease any more is seen only when processes are to be ended: a look at all of them takes a while, and whether
/// anybody has the lease is one lock that is tried.
/// </remarks>
internal sealed class OvertakenProcesses(Machine machine, StoreLayout layout, JournalDatabase journal, Reporter reporter)
{
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // A process that is killed ends when the system call it is in lets it.
    private static readonly TimeSpan killPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan lookInterval = TimeSpan.FromMilliseconds(100);

    internal void Say(IReadOnlyList<LeftTree> trees)
    {
        var look = LookAt([.. trees.Where(tree => FindHeldLease(tree) is not null)]);
        var who = look.Users.Select(Describe).ToList();
        if (look.HasUnknown)
        {
            who.Add("a process of another user or machine");
        }
        if (who.Count > 0)
        {
            reporter.Info(
                $"{string.Join(", ", who)} still {(who.Count == 1 ? "runs" : "run")} from the previous toolchain and may go on");
        }
    }

    /// <summary>Ends those of our own user on this machine that can be named, and tells proxies that stay as parents, on any.</summary>
    /// <remarks>
    /// Crash: the notice is there or not, and who was not signalled goes on; the same command again looks at the same trees.
    /// A process is looked for right before each signal, so a number that another one has by now gets none.
    /// </remarks>
    internal void Stop(IReadOnlyList<LeftTree> trees)
    {
        if (trees.Count == 0)
        {
            return;
        }
        HashSet<int> spared = [.. machine.Processes.FindAncestors(), .. machine.Processes.FindReaders()];
        var asked = new HashSet<int>();
        var killed = new HashSet<int>();
        var ofOthers = new HashSet<int>();
        var started = machine.Clock.GetTimestamp();
        var look = LookAt(trees);
        // What this command runs in would be told like all others.
        var above = look.Users.Where(user => spared.Contains(user.ProcessId)).Select(user => user.Tree);
        Announce([.. trees.Except(above)]);
        for (; ; look = LookAt(trees))
        {
            var elapsed = machine.Clock.GetElapsedTime(started);
            var ours = look.Users.Where(user => !spared.Contains(user.ProcessId) && !ofOthers.Contains(user.ProcessId)).ToList();
            var isAwaited = elapsed < Grace
                ? ours.Count > 0 || ofOthers.Count > 0 || look.HasUnknown
                : elapsed < Grace + killPatience && ours.Count > 0;
            if (!isAwaited)
            {
                break;
            }
            var isForced = elapsed >= Grace;
            var due = ours.Where(user => (isForced ? killed : asked).Add(user.ProcessId)).ToList();
            End(due, isForced, ofOthers);
            machine.Sleep(lookInterval);
            ofOthers.IntersectWith(look.Users.Select(user => user.ProcessId));
        }
        SayWhoIsLeft(look, spared, ofOthers);
    }

    private void Announce(IReadOnlyList<LeftTree> trees)
    {
        if (trees.Count > 0)
        {
            var now = machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            journal.Write(session =>
            {
                foreach (var tree in trees)
                {
                    session.Notices.InsertStop(tree.TreeId, tree.ToolchainName, now);
                }
            });
        }
    }

    private void End(IReadOnlyList<TreeUser> due, bool isForced, HashSet<int> ofOthers)
    {
        var sent = new List<TreeUser>();
        foreach (var user in due)
        {
            switch (machine.Processes.End(user.ProcessId, isForced))
            {
                case EndingOutcome.Sent:
                    sent.Add(user);
                    break;
                case EndingOutcome.NotOurs:
                    ofOthers.Add(user.ProcessId);
                    break;
            }
        }
        if (sent.Count == 0)
        {
            return;
        }
        var who = string.Join(", ", sent.Select(Describe));
        if (isForced)
        {
            reporter.Warn($"{who} did not end within {Grace.TotalSeconds:0} s, and {(sent.Count == 1 ? "is" : "are")} killed");
        }
        else
        {
            reporter.Info($"stopping {who}");
        }
    }

    private void SayWhoIsLeft(Look look, IReadOnlySet<int> spared, HashSet<int> ofOthers)
    {
        foreach (var user in look.Users)
        {
            reporter.Warn(
                spared.Contains(user.ProcessId) ? $"{Describe(user)} was not stopped: this command runs in it or writes to it"
                : ofOthers.Contains(user.ProcessId) ? $"{Describe(user)} was not stopped: it is a process of another user"
                : $"{Describe(user)} was killed and has not ended yet");
        }
        if (look.HasUnknown)
        {
            reporter.Warn("a process of another user or machine still runs from the previous toolchain, and could not be stopped");
        }
    }

    /// <summary>Whoever runs from one of the trees because its name led there; ourselves are not meant.</summary>
    private Look LookAt(IReadOnlyList<LeftTree> trees)
    {
        if (trees.Count == 0)
        {
            return new Look([], HasUnknown: false);
        }
        var running = RunningTrees.Look(machine, layout, journal);
        var found = new Dictionary<int, TreeUser>();
        var hasUnknown = false;
        foreach (var tree in trees)
        {
            var isLedTo = journal.Read(session => session.Toolchains.LeadsTo(tree.TreeId));
            var lease = FindHeldLease(tree);
            var holders = lease is { } file ? machine.Processes.FindHolders(file) : [];
            var users = running.FindUsers(tree.TreeId).Select(user => new FileHolder(user.ProcessId, user.Program));
            foreach (var user in holders.Concat(users).Where(user => IsMeant(running.FindPin(user.ProcessId), tree, isLedTo)))
            {
                found.TryAdd(user.ProcessId, new TreeUser(user.ProcessId, user.Program, tree));
            }
            // Asked again: whoever had it may have ended before it could be named.
            hasUnknown |= lease is not null && holders.Count == 0 && !isLedTo && FindHeldLease(tree) is not null;
        }
        found.Remove(machine.Processes.CurrentId);
        return new Look([.. found.Values.OrderBy(user => user.ProcessId)], hasUnknown);
    }

    /// <summary>
    /// Whether a process of a tree runs from it because this name led there. What it was started for says so; where it does
    /// not show that, it is meant unless another name leads to the tree.
    /// </summary>
    internal static bool IsMeant(PinnedTree? pin, LeftTree tree, bool isLedTo) => pin is null
        ? !isLedTo
        : pin.TreeId == tree.TreeId && pin.ToolchainName == tree.ToolchainName;

    private FileIdentity? FindHeldLease(LeftTree tree)
    {
        try
        {
            var attempt = LockFile.TryTake(machine, layout.Lease(tree.TreeId), LockKind.Exclusive);
            (attempt as LockAttempt.Taken)?.Lock.Dispose();
            return (attempt as LockAttempt.Held)?.File;
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.AccessDenied)
        {
            // Another user's tree: who may not write to its lease cannot tell whether it is held.
            return null;
        }
    }

    private static string Describe(TreeUser process) => $"{process.Program} (process {process.ProcessId})";

    /// <param name="Users">Those that can be named.</param>
    /// <param name="HasUnknown">Whether somebody has a lease and nobody on this machine is seen to.</param>
    private sealed record Look(IReadOnlyList<TreeUser> Users, bool HasUnknown);

    private sealed record TreeUser(int ProcessId, string Program, LeftTree Tree);
}
