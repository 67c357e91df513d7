using System.IO.Hashing;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>Compares rows, paths and listings; changes nothing.</summary>
public sealed class Verifier(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    private const int ShownIdLength = 12;
    private const UnixFileMode Owners = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly List<Finding> findings = [];
    private readonly IFileSystem files = machine.Files;

    // What a file is about while it is looked at.
    private FindingKind kind;
    private string subject = "";
    private string id = "";

    /// <exception cref="StoreException">Corrupt: the journal cannot be read.</exception>
    public IReadOnlyList<Finding> Verify(bool readsContents)
    {
        foreach (var complaint in journal.CheckIntegrity())
        {
            findings.Add(new Finding(FindingKind.Journal, "journal", complaint));
        }
        foreach (var row in journal.Read(session => session.FindDamagedRows()))
        {
            findings.Add(new Finding(FindingKind.Row, $"journal, table {row.Table}", row.Key is { } key
                ? $"the row '{key}' is not as it was written"
                : "it does not have the rows that were written")
            {
                Id = row.Key ?? row.Table,
            });
        }
        if (findings.Exists(finding => finding.Kind == FindingKind.Journal))
        {
            // What such a journal says of the files is not worth being compared with them.
            return findings;
        }
        VerifyReferences();
        var listings = new Dictionary<string, Listing>(StringComparer.Ordinal);
        foreach (var component in journal.Read(ListComponents))
        {
            Begin(FindingKind.Component, DescribeComponent(component.Package, component.Version, component.ComponentId), component.ComponentId);
            Look(
                () =>
                {
                    var before = findings.Count;
                    VerifyComponent(component, readsContents, listings);
                    if (!readsContents && findings.Count == before && journal.Read(session => session.Damage.Contains(component.ComponentId)))
                    {
                        // Nobody looks at bytes now, and there the damage may be.
                        Add("it was found damaged before, and nothing has replaced it yet");
                    }
                },
                session => session.Components.Find(component.ComponentId)?.State != ComponentRow.Valid);
        }
        foreach (var waiting in journal.Read(session => session.Deferred.List()).Where(row => !row.IsIrregular))
        {
            Begin(
                FindingKind.Archive,
                DescribeComponent(waiting.Package, waiting.Version, waiting.ComponentId) + ", not unpacked yet", waiting.ComponentId);
            Look(() => VerifyArchive(waiting, readsContents), session => session.Deferred.Find(waiting.ComponentId) is null);
        }
        foreach (var tree in journal.Read(ListTrees))
        {
            Begin(FindingKind.Tree, $"tree {Shorten(tree.TreeId)}", tree.TreeId);
            Look(() => VerifyTree(tree, listings, readsContents), session => session.Trees.Find(tree.TreeId)?.State != ComponentRow.Valid);
        }
        VerifyViews();
        FindUnnamed("component", layout.Components, session => [.. session.Components.ListIds(), .. session.Deferred.List().Select(row => row.ComponentId)]);
        FindUnnamed("tree", layout.Trees, session => session.Trees.ListIds());
        return findings;
    }

    /// <summary>Components that are to be as they were published: not those that a repair has replaced.</summary>
    private static IReadOnlyList<ComponentRow> ListComponents(JournalSession session) =>
    [
        .. session.Components.List().Where(row => row.State == ComponentRow.Valid
            && !(session.Damage.Contains(row.ComponentId) && session.Trees.ListIdsWith(row.ComponentId).All(
                tree => session.Generations.ListOfTree(tree).Count == 0))),
    ];

    private static IReadOnlyList<TreeRow> ListTrees(JournalSession session) =>
    [
        .. session.Trees.List().Where(row => row.State == ComponentRow.Valid && !IsSetAside(session, row.TreeId)),
    ];

    /// <summary>A repair has replaced it, or a component of it: it stays for whoever runs from it, and is collected then.</summary>
    private static bool IsSetAside(JournalSession session, string treeId) =>
        session.Generations.ListOfTree(treeId).Count == 0
        && (session.Damage.Contains(treeId)
            || session.Components.ListOfTree(treeId).Any(part => session.Damage.Contains(part.ComponentId)));

    private void Begin(FindingKind newKind, string newSubject, string newId) => (kind, subject, id) = (newKind, newSubject, newId);

    private void Add(string problem, string? path = null) => findings.Add(new Finding(kind, subject, problem) { Id = id, Path = path });

    /// <summary>What was collected or unpacked while we looked is no problem; what cannot be looked at is one.</summary>
    private void Look(Action verify, Func<JournalSession, bool> isGone)
    {
        var before = findings.Count;
        try
        {
            verify();
        }
        catch (FileSystemException refused)
        {
            Add(refused.Message);
        }
        if (findings.Count > before && journal.Read(isGone))
        {
            findings.RemoveRange(before, findings.Count - before);
        }
    }

    /// <summary>What no constraint of the schema says.</summary>
    private void VerifyReferences()
    {
        foreach (var toolchain in journal.Read(session => session.Toolchains.List()))
        {
            Begin(FindingKind.Row, $"toolchain {toolchain.Name}", toolchain.Name);
            if (toolchain.GenerationId is { } current && journal.Read(session => session.Generations.Find(current)) is { } generation
                && (generation.ToolchainName != toolchain.Name || generation.RetiredAt is not null))
            {
                Add($"its current generation {current} is one of '{generation.ToolchainName}' that was replaced");
            }
        }
        foreach (var waiting in journal.Read(session => session.Deferred.List()))
        {
            Begin(FindingKind.Row, DescribeComponent(waiting.Package, waiting.Version, waiting.ComponentId), waiting.ComponentId);
            if (!Digest.TryParse(waiting.ArchiveDigest, out _))
            {
                Add($"'{waiting.ArchiveDigest}' is no digest of an archive");
            }
            if (journal.Read(session => session.Components.Find(waiting.ComponentId)) is { State: ComponentRow.Valid })
            {
                Add("it waits to be unpacked and is unpacked");
            }
        }
    }

    private void VerifyComponent(ComponentRow row, bool readsContents, Dictionary<string, Listing> listings)
    {
        var root = layout.Component(row.ComponentId);
        var listingPath = layout.ComponentListing(row.ComponentId);
        if (files.Status(root) is not { Kind: FileKind.Directory } top)
        {
            Add($"'{root}' is missing", root);
            return;
        }
        if (!IsFile(listingPath))
        {
            return;
        }
        var text = files.ReadAll(listingPath);
        if (Listing.FormatChecksum(Listing.ChecksumOf(text)) != row.ListingChecksum)
        {
            Add($"'{listingPath}' is not as it was written", listingPath);
            return;
        }
        var listing = Listing.Parse(text, listingPath);
        listings[row.ComponentId] = listing;
        if (row.Bytes != listing.TotalBytes || row.Files != listing.Files.Count)
        {
            Add($"{row.Files} files with {row.Bytes} bytes are recorded instead of {listing.Files.Count} with {listing.TotalBytes}");
        }
        CompareMode(listingPath, FileSystemExtensions.SealedFile, top);
        VerifyManifest(row, listing, top);
        CompareTop(root);
        var fileRoot = layout.ComponentFiles(row.ComponentId);
        foreach (var file in listing.Files)
        {
            CompareFile(Path.Combine(fileRoot, file.Path), file, top, readsContents);
        }
        CompareNames(fileRoot, listing.Files.Select(file => file.Path), listing.Directories, top);
    }

    private void VerifyManifest(ComponentRow row, Listing listing, FileStatus top)
    {
        var path = layout.ComponentManifest(row.ComponentId);
        if (!IsFile(path))
        {
            return;
        }
        CompareMode(path, FileSystemExtensions.SealedFile, top);
        var content = files.ReadAll(path);
        var recorded = journal.Read(session => session.Components.FindManifestChecksum(row.ComponentId));
        var isRight = recorded is null
            ? new TreePart(row.ComponentId, row.Package, row.Target).IsWholeRelease || Describes(content, listing)
            : Listing.FormatChecksum(Listing.ChecksumOf(content)) == recorded;
        if (!isRight)
        {
            Add($"'{path}' is not as it was written", path);
        }
    }

    private static bool Describes(byte[] manifest, Listing listing)
    {
        try
        {
            return InstallManifest.Parse(manifest, "").FindUnnamed(listing, "").Count == 0;
        }
        catch (StoreException)
        {
            // It is no manifest, or one of other files.
            return false;
        }
    }

    private void CompareTop(string root)
    {
        string[] expected =
            [StoreLayout.ComponentFilesDirectoryName, StoreLayout.ComponentListingFileName, StoreLayout.ComponentManifestFileName];
        foreach (var entry in files.List(root).Where(entry => !expected.Contains(entry.Name)))
        {
            AddStranger(Path.Combine(root, entry.Name));
        }
    }

    /// <summary>A component that waits is neither missing nor wrong as long as its archive is what was downloaded.</summary>
    private void VerifyArchive(DeferredRow row, bool readsContents)
    {
        if (!Digest.TryParse(row.ArchiveDigest, out var digest))
        {
            return;
        }
        var path = layout.Archive(digest);
        using var archive = files.IsFile(path) ? files.TryOpenRead(path) : null;
        if (archive is null)
        {
            Add($"'{path}' is missing", path);
        }
        else if (archive.Length != row.ArchiveBytes)
        {
            Add($"'{path}' has {archive.Length} bytes instead of {row.ArchiveBytes}", path);
        }
        else if (readsContents && DigestHasher.Compute(archive) != digest)
        {
            Add($"the bytes of '{path}' are not those that were downloaded", path);
        }
    }

    private void VerifyTree(TreeRow tree, Dictionary<string, Listing> listings, bool readsContents)
    {
        var root = layout.Tree(tree.TreeId);
        var (rows, waiting, recorded, order) = journal.Read(session => (
            session.Components.ListOfTree(tree.TreeId), session.Deferred.ListOfTree(tree.TreeId),
            session.Trees.FindOwnChecksum(tree.TreeId), session.Trees.ListParts(tree.TreeId)));
        List<TreePart> parts =
        [
            .. rows.Select(row => new TreePart(row.ComponentId, row.Package, row.Target)),
            .. waiting.Select(row => new TreePart(row.ComponentId, row.Package, row.Target)),
        ];
        if (!ObjectId.IsOf(tree.TreeId, ObjectId.OfTree(parts)))
        {
            findings.Add(new Finding(FindingKind.Row, subject, "it is recorded with other components than it was composed of") { Id = id });
            return;
        }
        if (files.Status(root) is not { Kind: FileKind.Directory } top)
        {
            Add($"'{root}' is missing", root);
            return;
        }
        var before = findings.Count;
        VerifyLease(tree.TreeId, top);
        if (!rows.All(row => listings.ContainsKey(row.ComponentId)))
        {
            Add("a component of it is damaged");
            return;
        }
        var sources = parts.Select(part => new TreeSource(
            part, layout.ComponentFiles(part.ComponentId), "",
            listings.GetValueOrDefault(part.ComponentId) ?? DocumentationOutline.Listing)).ToList();
        var links = TreeComposer.FindDocumentationLinks(sources);
        var own = TreeMetadata.IsHeldByFiles(parts)
            ? []
            : TreeMetadata.ListPaths([.. order.Select(part => new TreePart("", part.Package, part.Target))]);
        var names = new List<string>([StoreLayout.LeaseFileName, .. links.Keys, .. own]);
        long compilerBytes = 0, unsharedBytes = 0;
        foreach (var source in sources)
        {
            foreach (var file in source.Listing.Files.Where(file => !TreeComposer.IsLinked(ParentOf(file.Path), links)))
            {
                names.Add(file.Path);
                var path = Path.Combine(root, file.Path);
                // A hard link to the component's file was compared with it; only what is a copy is read again.
                var isShared = files.Status(path)?.Identity == files.Status(Path.Combine(source.FilesPath, file.Path))?.Identity;
                CompareFile(path, file, top, readsContents && !isShared);
                if (file.Path == TreeComposer.Compiler)
                {
                    compilerBytes = file.SizeBytes;
                }
                else if (!isShared)
                {
                    unsharedBytes += file.SizeBytes;
                }
            }
        }
        var directories = sources.SelectMany(source => source.Listing.Directories)
            .Where(directory => !TreeComposer.IsLinked(directory, links));
        CompareNames(root, names, directories, top);
        foreach (var (path, componentId) in links)
        {
            var link = Path.Combine(root, path);
            if (files.ReadLink(link) is { } target && target != TreeComposer.LinkTarget(path, componentId))
            {
                Add($"'{link}' leads to '{target}'", link);
            }
        }
        VerifyOwnFiles(root, own, order, recorded, top);
        var compiler = Path.Combine(root, TreeComposer.Compiler);
        if (files.Status(compiler) is { Kind: FileKind.File } status
            && status.ModifiedNanoseconds / 1_000_000_000 != TreeComposer.CompilerTime(tree.TreeId) / 1_000_000_000)
        {
            Add($"the time of '{compiler}' was changed", compiler);
        }
        if (findings.Count == before)
        {
            var ownBytes = compilerBytes + own.Sum(path => files.Status(Path.Combine(root, path))?.SizeBytes ?? 0);
            VerifyOwnBytes(tree, ownBytes, unsharedBytes);
        }
    }

    /// <summary>What it shares with no component. Of a file that is no hard link nothing tells whether it shares its blocks.</summary>
    private void VerifyOwnBytes(TreeRow tree, long ownBytes, long unsharedBytes)
    {
        if (tree.Bytes < ownBytes || tree.Bytes > ownBytes + unsharedBytes)
        {
            Add($"{tree.Bytes} bytes of its own are recorded instead of {(unsharedBytes > 0 ? "at least " : "")}{ownBytes}");
        }
    }

    /// <summary>What a tree has for itself has no listing; one checksum stands for all of it.</summary>
    private void VerifyOwnFiles(
        string root, IReadOnlyList<string> own, IReadOnlyList<TreePartRow> order, string? recorded, FileStatus top)
    {
        foreach (var path in own.Select(path => Path.Combine(root, path)))
        {
            if (files.Status(path) is { Kind: FileKind.File })
            {
                CompareMode(path, FileSystemExtensions.SealedFile, top);
            }
        }
        var parts = order.Select(part => new TreePart("", part.Package, part.Target)).ToList();
        if (recorded is not null && TreeMetadata.ChecksumOf(files, parts, root) != recorded)
        {
            Add($"what it says of itself in '{Path.Combine(root, TreeMetadata.Directory)}' is not as it was written",
                Path.Combine(root, TreeMetadata.Directory));
        }
    }

    /// <summary>A lease that is dead, or cannot be locked, keeps everybody from running the tools.</summary>
    private void VerifyLease(string treeId, FileStatus top)
    {
        var path = layout.Lease(treeId);
        if (!IsFile(path))
        {
            return;
        }
        var status = files.Status(path);
        if (status?.Mode != (FileSystemExtensions.OrdinaryFile & top.Mode))
        {
            Add($"the mode of '{path}' was changed", path);
        }
        if (!files.ReadAll(path).AsSpan().SequenceEqual(TreeComposer.LeaseContent))
        {
            Add($"'{path}' is not as it was written", path);
        }
    }

    private bool IsFile(string path)
    {
        switch (files.Status(path)?.Kind)
        {
            case FileKind.File:
                return true;
            case null:
                Add($"'{path}' is missing", path);
                return false;
            default:
                Add($"'{path}' is no file", path);
                return false;
        }
    }

    private void CompareFile(string path, ListedFile file, FileStatus top, bool readsContents)
    {
        if (!IsFile(path))
        {
            return;
        }
        var status = files.Status(path);
        if (status is null)
        {
            return;
        }
        if (status.SizeBytes != file.SizeBytes)
        {
            Add($"'{path}' has {status.SizeBytes} bytes instead of {file.SizeBytes}", path);
            return;
        }
        CompareMode(path, file.IsExecutable ? FileSystemExtensions.SealedExecutable : FileSystemExtensions.SealedFile, top);
        if (readsContents && ChecksumOf(path) != file.Checksum)
        {
            Add($"the bytes of '{path}' are not those that were installed", path);
        }
    }

    /// <summary>
    /// Sealed as it was published: exactly, or as far as the mask of whoever did it let others in, which the directory at the
    /// top shows.
    /// </summary>
    private void CompareMode(string path, UnixFileMode wanted, FileStatus top)
    {
        if (files.Status(path) is { } status
            && status.Mode != wanted
            && status.Mode != (wanted & top.Mode))
        {
            Add($"the mode of '{path}' was changed", path);
        }
    }

    private void CompareNames(string root, IEnumerable<string> named, IEnumerable<string> directories, FileStatus top)
    {
        var wantedFiles = named.ToHashSet(StringComparer.Ordinal);
        var wantedDirectories = directories.ToHashSet(StringComparer.Ordinal);
        foreach (var path in wantedFiles.Concat(wantedDirectories).ToList())
        {
            for (var parent = ParentOf(path); parent.Length > 0 && wantedDirectories.Add(parent); parent = ParentOf(parent))
            {
            }
        }
        if ((top.Mode & Owners) != Owners || files.Status(root)?.Mode != top.Mode)
        {
            Add($"the mode of '{root}' was changed", root);
        }
        foreach (var (path, found) in ListNames(root, ""))
        {
            var full = Path.Combine(root, path);
            if (wantedDirectories.Remove(path))
            {
                if (found != FileKind.Directory)
                {
                    Add($"'{full}' is no directory", full);
                }
                else if (files.Status(full)?.Mode is { } mode && mode != top.Mode)
                {
                    Add($"the mode of '{full}' was changed", full);
                }
            }
            else if (!wantedFiles.Remove(path))
            {
                AddStranger(full);
            }
        }
        foreach (var missing in wantedFiles.Concat(wantedDirectories).Select(path => Path.Combine(root, path)))
        {
            if (!findings.Exists(finding => finding.Path == missing && finding.Id == id))
            {
                Add($"'{missing}' is missing", missing);
            }
        }
    }

    private void AddStranger(string path) => Add($"'{path}' does not belong there", path);

    private IEnumerable<(string Path, FileKind Kind)> ListNames(string root, string directory)
    {
        foreach (var entry in files.List(Path.Combine(root, directory)))
        {
            var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            yield return (path, entry.Kind);
            if (entry.Kind == FileKind.Directory)
            {
                foreach (var below in ListNames(root, path))
                {
                    yield return below;
                }
            }
        }
    }

    private void VerifyViews()
    {
        var areElsewhere = files.ReadLink(layout.ToolchainViews) is not null;
        var toolchains = journal.Read(session => session.Toolchains.List());
        foreach (var toolchain in toolchains)
        {
            Begin(FindingKind.View, $"toolchain {toolchain.Name}", toolchain.Name);
            var expected = toolchain.LinkedPath ?? layout.ViewTarget(toolchain.TreeId ?? "", areElsewhere);
            var view = layout.ToolchainView(toolchain.Name);
            if (files.ReadLink(view) != expected)
            {
                Add($"'{view}' does not lead to '{expected}'", view);
            }
        }
        var names = toolchains.Select(row => row.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in files.List(layout.ToolchainViews).Where(entry => !names.Contains(entry.Name)))
        {
            var view = layout.ToolchainView(entry.Name);
            if (entry.Kind == FileKind.SymbolicLink && layout.IsViewTarget(files.ReadLink(view)))
            {
                Begin(FindingKind.View, $"toolchain {entry.Name}", entry.Name);
                Add($"'{view}' leads into the store, which has no such toolchain", view);
            }
        }
    }

    /// <summary>Directories that no row names: what a crash left, or a journal that was lost.</summary>
    private void FindUnnamed(string what, string folder, Func<JournalSession, IReadOnlyList<string>> listNamed)
    {
        // Before the rows: what is published meanwhile has its directory first.
        var entries = files.List(folder);
        var named = journal.Read(listNamed).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Where(entry => !named.Contains(entry.Name)))
        {
            Begin(FindingKind.Unnamed, $"{what} {Shorten(entry.Name)}", entry.Name);
            Add($"no row names '{Path.Combine(folder, entry.Name)}'; a collection removes it once it is an hour old", Path.Combine(folder, entry.Name));
        }
    }

    private UInt128 ChecksumOf(string path)
    {
        const int ChunkBytes = 1 << 17;
        var checksum = new XxHash128();
        using var file = files.OpenRead(path);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkBytes);
        int count;
        for (long offset = 0; (count = file.Read(buffer, offset)) > 0; offset += count)
        {
            checksum.Append(buffer.AsSpan(0, count));
        }
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return checksum.GetCurrentHashAsUInt128();
    }

    private static string DescribeComponent(string package, string version, string componentId) =>
        $"component {package} {version} ({Shorten(componentId)})";

    private static string Shorten(string text) => text[..Math.Min(text.Length, ShownIdLength)];

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";
}
