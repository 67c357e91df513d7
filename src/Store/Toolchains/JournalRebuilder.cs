using System.IO.Compression;
using System.Text;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Makes a journal out of the records beside the trees, when the one that was is lost or damaged. That one is moved aside, into
/// <c>store/damaged-ID/</c>, and never deleted by us.
/// </summary>
/// <remarks>
/// What is lost: which operations there were, and names without a readable record. Settings come back from settings.toml. Crash: until the last rename there is no journal, or the damaged one, and the next attempt
/// begins anew; no command starts empty beside trees. Locking: refused while an operation is alive.
/// </remarks>
public sealed class JournalRebuilder(StoreOptions options, StoreLayout layout)
{
    private readonly Machine machine = options.Machine;
    private readonly IFileSystem files = options.Machine.Files;
    private readonly List<string> unreadable = [];

    /// <summary>Names whose records could not be read, and which are not in the new journal.</summary>
    public IReadOnlyList<string> Unreadable => unreadable;

    /// <summary>Where the old journal is kept; null if there was none.</summary>
    public string? MovedTo { get; private set; }

    /// <exception cref="StoreException">Busy: a command is at work in the store.</exception>
    public void Rebuild()
    {
        RequireQuiet();
        using (var journal = JournalDatabase.CreateInMemory(machine, layout, JournalDatabase.DefaultMode(machine, layout)))
        {
            Fill(journal);
            files.DeleteTree(layout.JournalBeingRebuilt);
            journal.WriteTo(layout.JournalBeingRebuilt);
        }
        MoveAside();
        files.Rename(layout.JournalBeingRebuilt, layout.Journal);
        files.SyncDirectory(layout.Root);
    }

    private void RequireQuiet()
    {
        if (files.List(layout.Operations).Any(entry => RunningOperation.IsAlive(machine, layout, entry.Name)))
        {
            throw new StoreException(
                StoreErrorKind.Busy, "the journal cannot be rebuilt while another rustup is at work in the store"
                + "\nhelp: wait for it to end, and run the command again");
        }
    }

    /// <summary>The database first: without it nobody opens what is left.</summary>
    private void MoveAside()
    {
        var aside = layout.DamagedJournal(machine.NewId());
        foreach (var suffix in new[] { "", "-wal", "-shm", "-journal" })
        {
            var path = layout.Journal + suffix;
            if (files.Exists(path))
            {
                files.CreateDirectories(aside);
                MovedTo = aside;
                files.Rename(path, Path.Combine(aside, Path.GetFileName(path)));
            }
        }
    }

    private void Fill(JournalDatabase journal)
    {
        var records = new ToolchainRecords(machine, layout, journal);
        var rows = new List<RecordedRow>();
        foreach (var entry in files.List(layout.Records).Where(entry => layout.Record(entry.Name) != layout.RecordBeingWritten))
        {
            if (records.TryRead(entry.Name) is { } read)
            {
                rows.AddRange(read);
            }
            else
            {
                unreadable.Add(entry.Name);
            }
        }
        unreadable.AddRange(ListViewsWithoutRecord());
        var manifests = FindManifests(rows);
        journal.Write(session =>
        {
            foreach (var row in rows.Where(row => row.Table is "store"))
            {
                session.Store.Set(StoreTable.Id, row["value"] ?? "");
            }
            var channels = new ChannelSource(server: null!, journal, machine.Clock, signatures: null);
            foreach (var packed in manifests.Values.DistinctBy(packed => (packed.Digest, packed.Host)))
            {
                channels.Keep(session, packed);
            }
            foreach (var table in Order)
            {
                foreach (var row in rows.Where(row => row.Table == table && !IsGone(session, row, manifests)))
                {
                    session.Records.Insert(table == "generation" ? Redirect(row, manifests) : row);
                }
            }
            AdoptWhatWasUnpacked(session);
            foreach (var toolchain in session.Toolchains.List())
            {
                session.StaleViews.Insert(toolchain.Name);
            }
        });
    }

    private static readonly string[] Order =
    [
        "setting", "component", "archive", "tree", "tree_component", "deferred", "deferred_archive", "tree_deferred",
        "generation", "toolchain",
    ];

    /// <summary>A generation that was collected since its record was written; a name without the manifest it was made from.</summary>
    private bool IsGone(JournalSession session, RecordedRow row, IReadOnlyDictionary<string, PackedManifest> manifests)
    {
        switch (row.Table)
        {
            case "generation":
                return !manifests.ContainsKey(row["manifest_digest"] ?? "")
                    || (row["retired_at"] is not null && !files.IsDirectory(layout.Tree(row["tree_id"] ?? "")));
            case "toolchain" when row["current_generation"] is { } current:
                var isLost = session.Generations.Find(long.Parse(current)) is null;
                if (isLost)
                {
                    unreadable.Add(row["name"] ?? "");
                }
                return isLost;
            default:
                // Components and trees too: what is there and needed by nobody, a collection takes; what is not, a repair fetches.
                return false;
        }
    }

    /// <summary>Where the manifest that a generation was made from is in no tree, its tree's own stands in for it.</summary>
    private static RecordedRow Redirect(RecordedRow row, IReadOnlyDictionary<string, PackedManifest> manifests)
    {
        var digest = row["manifest_digest"] ?? "";
        if (manifests[digest].Digest.Hex == digest)
        {
            return row;
        }
        // Without its checksum, which the journal computes for what is new.
        return row with
        {
            Values = [.. row.Values.SkipLast(1).Select(value => value == digest ? manifests[digest].Digest.Hex : value), null],
        };
    }

    /// <summary>Links into the store whose names have no record.</summary>
    private IEnumerable<string> ListViewsWithoutRecord() => files.List(layout.ToolchainViews)
        .Where(entry => entry.Kind == FileKind.SymbolicLink
            && layout.IsViewTarget(files.ReadLink(layout.ToolchainView(entry.Name)))
            && !files.Exists(layout.Record(entry.Name)))
        .Select(entry => entry.Name);

    /// <summary>The manifests of all generations by the digest that the record gives them.</summary>
    private IReadOnlyDictionary<string, PackedManifest> FindManifests(IReadOnlyList<RecordedRow> rows)
    {
        var texts = files.List(layout.Trees)
            .Select(entry => files.TryReadUtf8(Path.Combine(layout.Tree(entry.Name), TreeMetadata.Release)))
            .OfType<string>().Distinct()
            .ToDictionary(text => DigestHasher.Compute(Encoding.UTF8.GetBytes(text)).Hex);
        var found = new Dictionary<string, PackedManifest>(StringComparer.Ordinal);
        var generations = rows.Where(row => row.Table == "generation").ToList();
        foreach (var row in rows.Where(row => row.Table == "manifest"))
        {
            var digest = row["digest"] ?? "";
            var of = generations.FirstOrDefault(generation => generation["manifest_digest"] == digest);
            if (found.ContainsKey(digest) || of is null
                || ToolchainName.TryParse(of["toolchain_name"] ?? "") is not ToolchainName.Official name)
            {
                continue;
            }
            var text = row["body"] is { } body ? Decompress(Convert.FromHexString(body)) : texts.GetValueOrDefault(digest);
            var isOwn = text is not null;
            text ??= FindOwnManifest(rows, of["tree_id"] ?? "");
            if (text is not null)
            {
                var id = isOwn ? Digest.Parse(digest) : DigestHasher.Compute(Encoding.UTF8.GetBytes(text));
                found[digest] = ChannelSource.Pack(
                    new FetchedManifest(id, ChannelManifest.Parse(text, $"manifest {digest}"), text)
                    {
                        AnnouncedPrefix = isOwn ? row["announced_prefix"] : null,
                    },
                    name.Host);
            }
        }
        return found;
    }

    /// <summary>The manifest in a tree, if the tree's own files are as they were written.</summary>
    private string? FindOwnManifest(IReadOnlyList<RecordedRow> rows, string treeId)
    {
        var tree = rows.First(row => row.Table == "tree" && row["tree_id"] == treeId);
        var components = rows.Where(row => row.Table is "component" or "deferred").DistinctBy(row => row["component_id"])
            .ToDictionary(row => row["component_id"] ?? "");
        var parts = rows.Where(row => row.Table is "tree_component" or "tree_deferred" && row["tree_id"] == treeId)
            .DistinctBy(row => row["component_id"]).OrderBy(row => long.Parse(row["position"] ?? "0"))
            .Select(row => components[row["component_id"] ?? ""])
            .Select(row => new TreePart("", row["package"] ?? "", row["target"])).ToList();
        return TreeMetadata.ChecksumOf(files, parts, layout.Tree(treeId)) == tree["own_checksum"]
            ? files.TryReadUtf8(Path.Combine(layout.Tree(treeId), TreeMetadata.Release))
            : null;
    }

    /// <summary>Documentation that waited when the record was written, and was unpacked since.</summary>
    private void AdoptWhatWasUnpacked(JournalSession session)
    {
        foreach (var row in session.Deferred.List().Where(row => !row.IsIrregular
            && session.Components.Find(row.ComponentId) is null
            && files.Status(layout.ComponentListing(row.ComponentId)) is { Kind: FileKind.File }
            && !files.Exists(layout.Archive(Digest.Parse(row.ArchiveDigest)))))
        {
            var path = layout.ComponentListing(row.ComponentId);
            var text = files.ReadAll(path);
            var listing = Listing.Parse(text, path);
            session.Components.Insert(new ComponentRow
            {
                ComponentId = row.ComponentId,
                Package = row.Package,
                Target = row.Target,
                Version = row.Version,
                Bytes = listing.TotalBytes,
                Files = listing.Files.Count,
                ListingChecksum = Listing.FormatChecksum(Listing.ChecksumOf(text)),
                ManifestChecksum = files.Status(layout.ComponentManifest(row.ComponentId)) is { Kind: FileKind.File }
                    ? Listing.FormatChecksum(Listing.ChecksumOf(files.ReadAll(layout.ComponentManifest(row.ComponentId))))
                    : null,
                CreatedAt = row.CreatedAt,
            });
            session.Deferred.MoveToComponent(row.ComponentId);
        }
    }

    private static string Decompress(byte[] content)
    {
        using var body = new BrotliStream(new MemoryStream(content), CompressionMode.Decompress);
        using var reader = new StreamReader(body, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
