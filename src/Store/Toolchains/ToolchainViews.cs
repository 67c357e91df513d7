using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// <c>toolchains/NAME</c>: links for other programs, derived from the journal. Missing links are made and links into the
/// store are corrected; whatever else lies there belongs to somebody else and is never touched.
/// </summary>
/// <remarks>
/// The transaction that moves a name marks its link as stale; the one that brings it in line records a stamp of the
/// directory, which any other change of an entry makes out of date. So a command looks at the links of the names that
/// moved, and at all of them only after another program was there: the cost does not grow with what is installed. What
/// another program changes between our look and our stamp, or within the same tick of a file system's coarse clock, is
/// seen with the next change.
/// </remarks>
public sealed class ToolchainViews(
    Machine machine, StoreLayout layout, JournalDatabase journal, Reporter reporter)
{
    // What a command says once.
    private readonly HashSet<string> said = new(StringComparer.Ordinal);

    /// <summary>Brings every link in line with the journal.</summary>
    /// <remarks>
    /// Crash: a link is old or new, still stale or out of the stamp, and the next writer does the rest. Locking: inside a
    /// write transaction, so that the links follow the journal as it is now and two writers cannot overtake each other.
    /// </remarks>
    /// <param name="relinked">Names whose link may be replaced whatever it points to, because the user asked for it.</param>
    public void Refresh(params IReadOnlyList<string> relinked)
    {
        var seen = journal.Read(session => Look(session, relinked));
        foreach (var path in seen.Occupied.Where(said.Add))
        {
            reporter.Warn($"'{path}' is not a link of this store, so it was left alone;"
                + " other programs find that instead of the installed toolchain"
                + "\nhelp: move it away, and the next command makes the link");
        }
        if (seen.IsInLine)
        {
            return;
        }
        journal.Write(session =>
        {
            // What was seen without the write lock is looked at again with it.
            var look = Look(session, relinked);
            foreach (var (name, target) in look.Differences)
            {
                reporter.Debug($"'{layout.ToolchainView(name)}' is to lead to {target ?? "nothing"}");
                Apply(session, name, target);
            }
            // Crash without this: a link that was reported is old or missing, and nobody looks at it again: other programs
            // find a toolchain that is not the one that was acknowledged.
            machine.Files.SyncDirectory(layout.ToolchainViews); // Guard: sync-views
            foreach (var name in session.StaleViews.List())
            {
                records.Write(session, name);
            }
            session.StaleViews.DeleteAll();
            session.Store.Set(StoreTable.ViewsStamp, look switch
            {
                // Said again by each command, until it is settled.
                { Occupied.Count: > 0 } => "",
                { Differences.Count: > 0 } => Stamp(),
                // Not a new one: it would hide what another program has done since the look.
                _ => look.Stamp,
            });
        });
    }

    /// <summary>As <see cref="Refresh"/>, whatever the stamp says: somebody may have changed a link without its directory.</summary>
    public void RefreshAll(IReadOnlyList<string> relinked)
    {
        journal.Write(session => session.Store.Set(StoreTable.ViewsStamp, ""));
        Refresh(relinked);
    }

    /// <summary>Removes the link of a linked toolchain, within the transaction that removes its row or is about to change it.</summary>
    /// <remarks>
    /// Crash: the old row is still there without its link, and the next writer makes it again; or both are gone. The name stays stale, and
    /// its record where it is: deleted in here it would be missing if the row comes back.
    /// </remarks>
    public void Remove(JournalSession session, string name)
    {
        var path = layout.ToolchainView(name);
        if (machine.Files.ReadLink(path) is not null)
        {
            ChangeEntry(session, () =>
            {
                machine.Files.DeleteFile(path);
                machine.Files.SyncDirectory(layout.ToolchainViews); // Guard: sync-link-removed
            });
        }
    }

    /// <summary>Removes the directory of an adopted toolchain that no link has replaced yet, within the transaction that removes its row.</summary>
    /// <remarks>Crash: the row is there without the directory, and the next writer makes its link; or both are gone.</remarks>
    public void RemoveAdopted(JournalSession session, string name)
    {
        var path = layout.ToolchainView(name);
        if (IsAdopted(session, name, path))
        {
            RemoveDurably(session, path);
        }
    }

    /// <summary>
    /// Removes what somebody else made at a name that its user wants to be gone: a link is unlinked, a directory goes as a
    /// whole. False if there is nothing.
    /// </summary>
    /// <remarks>Crash: it is there or gone, whatever becomes of the transaction. Locking: inside a write transaction.</remarks>
    public bool RemoveForeign(JournalSession session, string name)
    {
        if (ToolchainLocation.FindForeign(machine.Files, layout, name) is null)
        {
            return false;
        }
        RemoveDurably(session, layout.ToolchainView(name));
        return true;
    }

    private void RemoveDurably(JournalSession session, string path) => ChangeEntry(session, () =>
    {
        RemoveView(path);
        machine.Files.SyncDirectory(layout.ToolchainViews);
    });

    /// <summary>A change of our own leaves the stamp valid, if it was.</summary>
    /// <remarks>Crash: the directory is another one than the stamp says, so the next writer looks at all of it.</remarks>
    private void ChangeEntry(JournalSession session, Action change)
    {
        var wasInLine = session.Store.Find(StoreTable.ViewsStamp) == Stamp();
        change();
        if (wasInLine)
        {
            session.Store.Set(StoreTable.ViewsStamp, Stamp());
        }
    }

    private readonly ToolchainRecords records = new(machine, layout, journal);

    private bool AreElsewhere => machine.Files.ReadLink(layout.ToolchainViews) is not null;

    /// <summary>
    /// What tells whether an entry was changed, added or removed, in this directory and not in another at its path, and
    /// whether the links still are what leads to the store. By the time of the last change, which no program can set back.
    /// </summary>
    private string Stamp() => machine.Files.TargetStatus(layout.ToolchainViews) is { } status
        ? $"{status.ChangedNanoseconds} {status.Identity.Inode} {layout.ViewTarget("", AreElsewhere)}"
        : "";

    private ViewsLook Look(JournalSession session, IReadOnlyList<string> relinked)
    {
        var look = new ViewsLook { Stamp = Stamp() };
        var stale = session.StaleViews.List();
        var areOthersInLine = session.Store.Find(StoreTable.ViewsStamp) == look.Stamp;
        var areElsewhere = AreElsewhere;
        var rows = areOthersInLine
            ? stale.Union(relinked).Select(name => (name, session.Toolchains.Find(name)))
            : ListAll(session);
        foreach (var (name, row) in rows.ToList())
        {
            Compare(session, look, name, row, isRelinked: relinked.Contains(name), areElsewhere);
        }
        look.IsInLine = look.Differences.Count == 0 && stale.Count == 0 && (areOthersInLine || look.Occupied.Count > 0);
        return look;
    }

    /// <summary>Every name of the journal, and every entry besides that may be a link of ours.</summary>
    private IEnumerable<(string Name, ToolchainRow? Row)> ListAll(JournalSession session)
    {
        var rows = session.Toolchains.List();
        var names = rows.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. rows.Select(row => (row.Name, (ToolchainRow?)row)),
            .. machine.Files.List(layout.ToolchainViews)
                .Where(entry => !names.Contains(entry.Name) && (entry.Kind == FileKind.SymbolicLink || IsBeingMade(entry.Name)))
                .Select(entry => (entry.Name, (ToolchainRow?)null)),
        ];
    }

    private void Compare(
        JournalSession session, ViewsLook look, string name, ToolchainRow? row, bool isRelinked, bool areElsewhere)
    {
        if (IsBeingMade(name))
        {
            // Left by a writer that was killed.
            look.Differences.Add((name, null));
            return;
        }
        var path = layout.ToolchainView(name);
        var current = machine.Files.ReadLink(path);
        var wanted = row is null ? null : row.LinkedPath ?? layout.ViewTarget(row.TreeId ?? "", areElsewhere);
        if (current == wanted)
        {
            return;
        }
        var isOurs = isRelinked || layout.IsViewTarget(current);
        if (row is null)
        {
            if (isOurs)
            {
                look.Differences.Add((name, null));
            }
        }
        else if (current is null && machine.Files.Exists(path))
        {
            if (IsAdopted(session, name, path))
            {
                look.Differences.Add((name, wanted));
            }
            else
            {
                look.Occupied.Add(path);
            }
        }
        else if (current is null || isOurs)
        {
            look.Differences.Add((name, wanted));
        }
    }

    private bool IsBeingMade(string name) => layout.ToolchainView(name) == layout.ToolchainViewBeingMade;

    /// <summary>Whether a directory is the one that was adopted and nobody has changed since, or what is left of it.</summary>
    private bool IsAdopted(JournalSession session, string name, string path)
    {
        var current = RustupInstallation.TryRead(machine.Files, path)?.Fingerprint;
        var adopted = session.Adoptions.FindFingerprint(name);
        return (current is not null && adopted == current) // Guard: recheck-adopted-directory
            || (adopted is not null && RustupInstallation.IsRemnant(machine.Files, path));
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
        new Publisher(machine, layout).Discard(path);
    }

    /// <summary>Puts a link where an adopted directory stands.</summary>
    /// <remarks>
    /// Crash: the directory is there or the link; the other one lies at the temporary path, which the next writer clears.
    /// Where the file system cannot exchange two names there is a moment without either, in which our proxies go by the
    /// journal, and the next writer makes the link. A directory of an image's layer cannot be moved at all (overlay: EXDEV); it is
    /// emptied where it is, what tells that it is the adopted one last, so that the next writer goes on with it.
    /// </remarks>
    private void ReplaceAdopted(string path, string target)
    {
        var temporary = layout.ToolchainViewBeingMade;
        RemoveView(temporary);
        machine.Files.CreateSymbolicLink(temporary, target, isDirectory: true);
        if (!machine.Files.TryExchange(path, temporary))
        {
            machine.Files.DeleteFile(temporary);
            MoveAside(path, temporary);
            machine.Files.CreateSymbolicLink(path, target, isDirectory: true);
        }
        RemoveView(temporary);
    }

    private void MoveAside(string path, string temporary)
    {
        try
        {
            machine.Files.Rename(path, temporary);
        }
        catch (FileSystemException refused) when (refused.Error == FileSystemError.CrossesDevices)
        {
            RustupInstallation.Delete(machine.Files, path);
        }
    }

    /// <summary>How the links compare with the journal.</summary>
    private sealed class ViewsLook
    {
        /// <summary>Of the directory before the look.</summary>
        internal required string Stamp { get; init; }

        /// <summary>Names with the target that their link should have; null: none.</summary>
        internal List<(string Name, string? Target)> Differences { get; } = [];

        /// <summary>Places where somebody else's directory stands instead of our link.</summary>
        internal List<string> Occupied { get; } = [];

        /// <summary>Nothing is to be done, nor to be recorded.</summary>
        internal bool IsInLine { get; set; }
    }
}
