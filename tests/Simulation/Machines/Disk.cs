using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>What a loss of power leaves of the changes that were not synced.</summary>
public enum PowerLoss
{
    /// <summary>Nothing of them.</summary>
    NothingUnsynced,

    /// <summary>All names, but the files that were not synced are empty: what a journal of metadata alone does.</summary>
    NamesWithoutContent,

    /// <summary>Any of the names, any part of the content.</summary>
    Anything,
}

/// <summary>
/// A file system in memory that remembers what of it is durable. Rules, each at least as hostile as the real ones:
/// content is durable after a sync of the file or of the volume; a name is durable after a sync of its directory or of the
/// volume; a rename is one change of both names; what was not synced may be lost, any change independently of the others.
/// </summary>
internal sealed class Disk
{
    private const UnixFileMode Mask = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode AllModes = (UnixFileMode)0b111_111_111;

    private readonly List<NameChange> pending = [];
    private readonly HashSet<Inode> unsynced = [];
    private int lastNumber;

    internal Disk() => Root = Allocate(FileKind.Directory);

    internal Inode Root { get; private set; }

    /// <summary>Nanoseconds; set by whoever owns the clock.</summary>
    internal Func<long> Now { get; set; } = static () => 0;

    /// <summary>The entry of a path; null if there is none. Links on the way are followed, the last one if asked.</summary>
    internal Inode? Find(string path, bool followsLast)
    {
        const int LinksMax = 40;
        var links = 0;
        return Walk(path, followsLast, ref links, LinksMax);
    }

    /// <summary>The directory that holds, or would hold, the last name of a path.</summary>
    internal Inode? FindParent(string path) => Find(Path.GetDirectoryName(path) ?? "/", followsLast: true);

    internal Inode Allocate(FileKind kind, UnixFileMode mode = AllModes) =>
        new(++lastNumber, kind) { Mode = mode & ~Mask, Modified = Now(), Changed = Now() };

    internal void Add(Inode directory, string name, Inode inode)
    {
        directory.Entries[name] = inode;
        inode.Links++;
        inode.Changed = Now();
        directory.Modified = directory.Changed = Now();
        pending.Add(new NameChange(directory, name, inode, null, null));
        unsynced.Add(inode);
    }

    internal void Remove(Inode directory, string name)
    {
        directory.Entries.Remove(name, out var inode);
        inode!.Links--;
        inode.Changed = Now();
        directory.Modified = directory.Changed = Now();
        pending.Add(new NameChange(directory, name, null, null, null));
    }

    internal void Move(Inode fromDirectory, string fromName, Inode toDirectory, string toName)
    {
        var inode = fromDirectory.Entries[fromName];
        fromDirectory.Entries.Remove(fromName);
        if (toDirectory.Entries.TryGetValue(toName, out var replaced))
        {
            replaced.Links--;
        }
        toDirectory.Entries[toName] = inode;
        inode.Changed = Now();
        fromDirectory.Modified = fromDirectory.Changed = toDirectory.Modified = toDirectory.Changed = Now();
        pending.Add(new NameChange(toDirectory, toName, inode, fromDirectory, fromName));
    }

    internal void Exchange(Inode directory, string name, Inode otherDirectory, string otherName)
    {
        var inode = directory.Entries[name];
        var other = otherDirectory.Entries[otherName];
        directory.Entries[name] = other;
        otherDirectory.Entries[otherName] = inode;
        inode.Changed = other.Changed = Now();
        directory.Modified = directory.Changed = otherDirectory.Modified = otherDirectory.Changed = Now();
        pending.Add(new NameChange(directory, name, other, otherDirectory, otherName) { LeftBehind = inode });
    }

    internal void NoteWritten(Inode file)
    {
        file.IsContentDurable = false;
        file.Modified = file.Changed = Now();
        unsynced.Add(file);
    }

    internal void SyncFile(Inode file)
    {
        file.DurableContent = file.Content.Share();
        file.IsContentDurable = true;
        unsynced.Remove(file);
    }

    internal void SyncDirectory(Inode directory)
    {
        foreach (var change in pending.Where(change => change.Directory == directory || change.FromDirectory == directory))
        {
            change.Apply();
        }
        pending.RemoveAll(change => change.Directory == directory || change.FromDirectory == directory);
    }

    internal void SyncAll()
    {
        foreach (var change in pending)
        {
            change.Apply();
        }
        pending.Clear();
        foreach (var inode in unsynced)
        {
            if (inode.Kind == FileKind.File)
            {
                inode.DurableContent = inode.Content.Share();
                inode.IsContentDurable = true;
            }
        }
        unsynced.Clear();
    }

    /// <summary>The same disk for another future. Locks are not part of it: they belong to processes.</summary>
    /// <summary>Makes all directories there are those of an image's layer.</summary>
    internal void BecomeLowerLayer()
    {
        Mark(Root);

        static void Mark(Inode directory)
        {
            directory.IsOfLowerLayer = true;
            foreach (var entry in directory.Entries.Values.Where(entry => entry.Kind == FileKind.Directory))
            {
                Mark(entry);
            }
        }
    }

    internal Disk Copy()
    {
        var copies = new Dictionary<Inode, Inode>();
        var copy = new Disk { lastNumber = lastNumber, Now = Now };
        copy.Root = CopyOf(Root);
        foreach (var change in pending)
        {
            copy.pending.Add(new NameChange(
                CopyOf(change.Directory), change.Name, change.Inode is null ? null : CopyOf(change.Inode),
                change.FromDirectory is null ? null : CopyOf(change.FromDirectory), change.FromName)
            {
                LeftBehind = change.LeftBehind is null ? null : CopyOf(change.LeftBehind),
            });
        }
        foreach (var inode in unsynced)
        {
            copy.unsynced.Add(CopyOf(inode));
        }
        return copy;

        Inode CopyOf(Inode inode)
        {
            if (copies.TryGetValue(inode, out var known))
            {
                return known;
            }
            var made = new Inode(inode.Number, inode.Kind)
            {
                IsOfLowerLayer = inode.IsOfLowerLayer,
                Mode = inode.Mode,
                Modified = inode.Modified,
                Changed = inode.Changed,
                Links = inode.Links,
                Content = inode.Content.Share(),
                Target = inode.Target,
                DurableContent = inode.DurableContent?.Share(),
                IsContentDurable = inode.IsContentDurable,
            };
            copies.Add(inode, made);
            foreach (var (name, entry) in inode.Entries)
            {
                made.Entries.Add(name, CopyOf(entry));
            }
            foreach (var (name, entry) in inode.DurableEntries)
            {
                made.DurableEntries.Add(name, CopyOf(entry));
            }
            return made;
        }
    }

    /// <summary>The power goes: what was not synced is lost as <paramref name="loss"/> says, everything else is as it was.</summary>
    internal void LosePower(PowerLoss loss, Random random)
    {
        foreach (var change in pending)
        {
            if (loss == PowerLoss.NamesWithoutContent || (loss == PowerLoss.Anything && random.Next(2) == 0))
            {
                change.Apply();
            }
        }
        pending.Clear();
        unsynced.Clear();
        Restart(Root, [], inode => ContentAfter(inode, loss, random));
    }

    private static Content ContentAfter(Inode file, PowerLoss loss, Random random)
    {
        var durable = file.DurableContent?.Share() ?? new Content();
        if (file.IsContentDurable || loss == PowerLoss.NothingUnsynced)
        {
            return durable;
        }
        if (loss == PowerLoss.NamesWithoutContent)
        {
            return durable;
        }
        switch (random.Next(4))
        {
            case 0:
                return durable;
            case 1:
                return file.Content.Share();
            case 2:
                var half = file.Content.Share();
                half.SetLength(half.Length / 2);
                return half;
            default:
                // The length came, the bytes did not.
                var zeroes = new Content();
                zeroes.SetLength(file.Content.Length);
                return zeroes;
        }
    }

    private static void Restart(Inode inode, HashSet<Inode> seen, Func<Inode, Content> contentAfter)
    {
        if (!seen.Add(inode))
        {
            return;
        }
        inode.SharedHolders.Clear();
        inode.ExclusiveHolder = null;
        inode.Links = 0;
        if (inode.Kind == FileKind.File)
        {
            inode.Content = contentAfter(inode);
            inode.DurableContent = inode.Content.Share();
            inode.IsContentDurable = true;
        }
        inode.Entries = new Dictionary<string, Inode>(inode.DurableEntries);
        foreach (var entry in inode.Entries.Values)
        {
            Restart(entry, seen, contentAfter);
            entry.Links++;
        }
    }

    private Inode? Walk(string path, bool followsLast, ref int links, int linksMax)
    {
        var current = Root;
        var currentPath = "/";
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var index = 0; index < parts.Length; index++)
        {
            var part = parts[index];
            if (part == ".")
            {
                continue;
            }
            if (current.Kind != FileKind.Directory)
            {
                return null;
            }
            if (part == "..")
            {
                currentPath = Path.GetDirectoryName(currentPath) ?? "/";
                current = Walk(currentPath, followsLast: true, ref links, linksMax) ?? Root;
                continue;
            }
            if (!current.Entries.TryGetValue(part, out var next))
            {
                return null;
            }
            var nextPath = currentPath == "/" ? "/" + part : currentPath + "/" + part;
            if (next.Kind == FileKind.SymbolicLink && (index < parts.Length - 1 || followsLast))
            {
                if (++links > linksMax)
                {
                    return null;
                }
                var target = next.Target.StartsWith('/') ? next.Target : currentPath + "/" + next.Target;
                var rest = string.Join('/', parts[(index + 1)..]);
                return Walk(Normalize(target + "/" + rest), followsLast, ref links, linksMax);
            }
            current = next;
            currentPath = nextPath;
        }
        return current;
    }

    /// <summary>The path without dots; our links never lead through other links, so the text alone tells.</summary>
    internal static string Normalize(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    /// <summary>One change of names that survives as a whole or not at all.</summary>
    private sealed record NameChange(
        Inode Directory, string Name, Inode? Inode, Inode? FromDirectory, string? FromName)
    {
        /// <summary>What an exchange puts at the other name.</summary>
        internal Inode? LeftBehind { get; init; }

        internal void Apply()
        {
            if (Inode is null)
            {
                Directory.DurableEntries.Remove(Name);
                return;
            }
            Directory.DurableEntries[Name] = Inode;
            if (LeftBehind is not null)
            {
                FromDirectory!.DurableEntries[FromName!] = LeftBehind;
                return;
            }
            if (FromDirectory is not null && FromDirectory.DurableEntries.GetValueOrDefault(FromName!) == Inode)
            {
                FromDirectory.DurableEntries.Remove(FromName!);
            }
        }
    }
}
