using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// <c>toolchains/NAME</c>: links for other programs, derived from the journal. Missing links are made and links into the
/// store are corrected; whatever else lies there belongs to somebody else and is never touched.
/// </summary>
public sealed class ToolchainViews(
    Machine machine, StoreLayout layout, JournalDatabase journal, Reporter reporter)
{
    /// <summary>Brings every link in line with the journal.</summary>
    /// <remarks>
    /// Crash: a link is old or new, and the next writer does the rest. Locking: inside a write transaction, so that the
    /// links follow the journal as it is now and two writers cannot overtake each other.
    /// </remarks>
    /// <param name="relinked">Names whose link may be replaced whatever it points to, because the user asked for it.</param>
    public void Refresh(params IReadOnlyList<string> relinked)
    {
        if (journal.Read(session => ListDifferences(session, relinked).Count == 0))
        {
            return;
        }
        journal.Write(session =>
        {
            foreach (var (name, target) in ListDifferences(session, relinked))
            {
                Apply(session, name, target);
            }
            // Crash without this: a link that was reported is old or missing until the next writer, and other programs
            // find a toolchain that is not the one that was acknowledged.
            machine.Files.SyncDirectory(layout.ToolchainViews); // Guard: sync-views
        });
    }

    /// <summary>Removes the link of a linked toolchain, within the transaction that removes or changes its row.</summary>
    /// <remarks>Crash: the old row is still there without its link, and the next writer makes it again; or both are gone.</remarks>
    public void Remove(string name)
    {
        var path = layout.ToolchainView(name);
        if (machine.Files.ReadLink(path) is not null)
        {
            machine.Files.DeleteFile(path);
            machine.Files.SyncDirectory(layout.ToolchainViews); // Guard: sync-link-removed
        }
    }

    /// <summary>Removes the directory of an adopted toolchain that no link has replaced yet, within the transaction that removes its row.</summary>
    /// <remarks>Crash: the row is there without the directory, and the next writer makes its link; or both are gone.</remarks>
    public void RemoveAdopted(JournalSession session, string name)
    {
        var path = layout.ToolchainView(name);
        if (IsAdopted(session, name, path))
        {
            RemoveView(path);
            machine.Files.SyncDirectory(layout.ToolchainViews);
        }
    }

    /// <summary>
    /// Removes what somebody else made at a name that its user wants to be gone: a link is unlinked, a directory goes as a
    /// whole. False if there is nothing.
    /// </summary>
    /// <remarks>Crash: it is there or gone, whatever becomes of the transaction. Locking: inside a write transaction.</remarks>
    public bool RemoveForeign(string name)
    {
        if (ToolchainLocation.FindForeign(machine.Files, layout, name) is null)
        {
            return false;
        }
        var path = layout.ToolchainView(name);
        RemoveView(path);
        machine.Files.SyncDirectory(layout.ToolchainViews);
        return true;
    }

    private List<(string Name, string? Target)> ListDifferences(JournalSession session, IReadOnlyList<string> relinked)
    {
        var areElsewhere = machine.Files.ReadLink(layout.ToolchainViews) is not null;
        var wanted = session.Toolchains.List().ToDictionary(
            toolchain => toolchain.Name,
            toolchain => toolchain.LinkedPath ?? layout.ViewTarget(toolchain.TreeId ?? "", areElsewhere),
            StringComparer.Ordinal);
        var differences = new List<(string, string?)>();
        foreach (var (name, target) in wanted)
        {
            var path = layout.ToolchainView(name);
            var current = machine.Files.ReadLink(path);
            if (current == target)
            {
                continue;
            }
            if (current is null && machine.Files.Exists(path))
            {
                if (IsAdopted(session, name, path))
                {
                    differences.Add((name, target));
                    continue;
                }
                reporter.Warn($"'{path}' is not a link of this store, so it was left alone;"
                    + " other programs find that instead of the installed toolchain");
            }
            else if (current is null || layout.IsViewTarget(current) || relinked.Contains(name))
            {
                differences.Add((name, target));
            }
        }
        foreach (var entry in machine.Files.List(layout.ToolchainViews))
        {
            if (layout.ToolchainView(entry.Name) == layout.ToolchainViewBeingMade)
            {
                // Left by a writer that was killed. What is seen here without the write lock is looked at again with it.
                differences.Add((entry.Name, null));
                continue;
            }
            if (entry.Kind != FileKind.SymbolicLink || wanted.ContainsKey(entry.Name))
            {
                continue;
            }
            if (relinked.Contains(entry.Name)
                || layout.IsViewTarget(machine.Files.ReadLink(layout.ToolchainView(entry.Name))))
            {
                differences.Add((entry.Name, null));
            }
        }
        return differences;
    }

    /// <summary>Whether a directory is the one that was adopted, and nobody has changed it since.</summary>
    private bool IsAdopted(JournalSession session, string name, string path)
    {
        var current = RustupInstallation.TryRead(machine.Files, path)?.Fingerprint;
        return current is not null && session.Adoptions.FindFingerprint(name) == current; // Guard: recheck-adopted-directory
    }

    private void Apply(JournalSession session, string name, string? target)
    {
        var path = layout.ToolchainView(name);
        machine.ReachCrashPoint(CrashPoint.BeforeViewChange);
        if (target is null)
        {
            RemoveView(path);
        }
        else if (machine.Files.Status(path) is { Kind: FileKind.Directory })
        {
            ReplaceAdopted(path, target);
            session.Adoptions.Delete(name);
        }
        else
        {
            machine.Files.ReplaceSymbolicLink(path, target, isDirectory: true, layout.ToolchainViewBeingMade);
        }
        machine.ReachCrashPoint(CrashPoint.AfterViewChange);
    }

    /// <summary>Takes away whatever stands at a name, a link or a directory.</summary>
    private void RemoveView(string path)
    {
        if (machine.Files.Status(path) is not { Kind: FileKind.Directory })
        {
            machine.Files.TryDeleteFile(path);
            return;
        }
        try
        {
            new Publisher(machine, layout).Discard(path);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.CrossesDevices)
        {
            // toolchains/ is a link to another disk, which has no trash.
            machine.Files.DeleteTree(path);
        }
    }

    /// <summary>Puts a link where an adopted directory stands.</summary>
    /// <remarks>
    /// Crash: the directory is there or the link; the other one lies at the temporary path, which the next writer clears.
    /// Where the file system cannot exchange two names there is a moment without either, in which our proxies go by the
    /// journal, and the next writer makes the link.
    /// </remarks>
    private void ReplaceAdopted(string path, string target)
    {
        var temporary = layout.ToolchainViewBeingMade;
        RemoveView(temporary);
        machine.Files.CreateSymbolicLink(temporary, target, isDirectory: true);
        if (!machine.Files.TryExchange(path, temporary))
        {
            machine.Files.DeleteFile(temporary);
            machine.Files.Rename(path, temporary);
            machine.Files.CreateSymbolicLink(path, target, isDirectory: true);
        }
        RemoveView(temporary);
    }
}
