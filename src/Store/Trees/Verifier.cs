using System.IO.Hashing;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Trees;

/// <summary>Something that is not as the journal says.</summary>
public sealed record Finding(string Subject, string Problem);

/// <summary>Compares rows, paths and listings; changes nothing.</summary>
public sealed class Verifier(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Verify(bool readsContents)
    {
        foreach (var complaint in journal.CheckIntegrity())
        {
            findings.Add(new Finding("journal", complaint));
        }
        var components = journal.Read(session => session.Components.List());
        var listings = new Dictionary<string, Listing>(StringComparer.Ordinal);
        foreach (var component in components.Where(component => component.State == ComponentRow.Valid))
        {
            var before = findings.Count;
            if (VerifyComponent(component, readsContents) is { } listing)
            {
                listings[component.ComponentId] = listing;
            }
            ForgetIf(before, session => session.Components.Find(component.ComponentId)?.State != ComponentRow.Valid);
        }
        foreach (var waiting in journal.Read(session => session.Deferred.List()).Where(row => !row.IsIrregular))
        {
            var before = findings.Count;
            VerifyArchive(waiting, readsContents);
            ForgetIf(before, session => session.Deferred.Find(waiting.ComponentId) is null);
        }
        foreach (var tree in journal.Read(session => session.Trees.List()).Where(tree => tree.State == ComponentRow.Valid))
        {
            var before = findings.Count;
            VerifyTree(tree.TreeId, listings, readsContents);
            ForgetIf(before, session => session.Trees.Find(tree.TreeId)?.State != ComponentRow.Valid);
        }
        VerifyViews();
        return findings;
    }

    /// <summary>What was collected or unpacked while we looked is no problem.</summary>
    private void ForgetIf(int findingsBefore, Func<JournalSession, bool> isGone)
    {
        if (findings.Count > findingsBefore && journal.Read(isGone))
        {
            findings.RemoveRange(findingsBefore, findings.Count - findingsBefore);
        }
    }

    private Listing? VerifyComponent(ComponentRow row, bool readsContents)
    {
        var subject = $"component {row.Package} {row.Version} ({row.ComponentId[..12]})";
        var listingPath = layout.ComponentListing(row.ComponentId);
        if (!machine.Files.IsFile(listingPath))
        {
            findings.Add(new Finding(subject, $"'{listingPath}' is missing"));
            return null;
        }
        var text = machine.Files.ReadAll(listingPath);
        if (Listing.FormatChecksum(Listing.ChecksumOf(text)) != row.ListingChecksum)
        {
            findings.Add(new Finding(subject, $"'{listingPath}' is not as it was written"));
            return null;
        }
        var listing = Listing.Parse(text, listingPath);
        CompareFiles(subject, layout.ComponentFiles(row.ComponentId), listing.Files, readsContents);
        CompareNames(
            subject, layout.ComponentFiles(row.ComponentId),
            listing.Files.Select(file => file.Path), listing.Directories);
        return listing;
    }

    /// <summary>A component that waits is neither missing nor wrong as long as its archive is what was downloaded.</summary>
    private void VerifyArchive(DeferredRow row, bool readsContents)
    {
        var subject = $"component {row.Package} {row.Version} ({row.ComponentId[..12]}), not unpacked yet";
        var digest = Digest.Parse(row.ArchiveDigest);
        var path = layout.Archive(digest);
        using var archive = machine.Files.TryOpenRead(path);
        if (archive is null)
        {
            findings.Add(new Finding(subject, $"'{path}' is missing"));
        }
        else if (archive.Length != row.ArchiveBytes)
        {
            findings.Add(new Finding(subject, $"'{path}' has {archive.Length} bytes instead of {row.ArchiveBytes}"));
        }
        else if (readsContents && DigestHasher.Compute(archive) != digest)
        {
            findings.Add(new Finding(subject, $"the bytes of '{path}' are not those that were downloaded"));
        }
    }

    private void VerifyTree(string treeId, Dictionary<string, Listing> listings, bool readsContents)
    {
        var subject = $"tree {treeId[..12]}";
        var path = layout.Tree(treeId);
        var (rows, waiting) = journal.Read(session =>
            (session.Components.ListOfTree(treeId), session.Deferred.ListOfTree(treeId)));
        if (!rows.All(row => listings.ContainsKey(row.ComponentId)))
        {
            findings.Add(new Finding(subject, "a component of it is damaged"));
            return;
        }
        List<TreeSource> sources =
        [
            .. rows.Select(row => new TreeSource(
                new TreePart(row.ComponentId, row.Package, row.Target), "", "", listings[row.ComponentId])),
            .. waiting.Select(row => new TreeSource(
                new TreePart(row.ComponentId, row.Package, row.Target), "", "", DocumentationOutline.Listing)),
        ];
        var links = TreeComposer.FindDocumentationLinks(sources);
        var files = sources.SelectMany(source => source.Listing.Files)
            .Where(file => !links.Keys.Any(link => file.Path.StartsWith(link + "/", StringComparison.Ordinal))).ToList();
        // A hard link to the component's file was compared with it; only what is a copy is read again.
        CompareFiles(subject, path, files, readsContents);
        var directories = sources.SelectMany(source => source.Listing.Directories)
            .Where(directory => !links.Keys.Any(link =>
                directory == link || directory.StartsWith(link + "/", StringComparison.Ordinal)));
        CompareNames(
            subject, path,
            [.. files.Select(file => file.Path), .. links.Keys, .. TreeComposer.OwnFiles([.. sources.Select(source => source.Part)])],
            directories);
    }

    private void CompareFiles(string subject, string root, IReadOnlyList<ListedFile> files, bool readsContents)
    {
        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path);
            var status = machine.Files.Status(path);
            if (status is not { Kind: FileKind.File })
            {
                findings.Add(new Finding(subject, $"'{path}' is missing"));
            }
            else if (status.SizeBytes != file.SizeBytes)
            {
                findings.Add(new Finding(subject, $"'{path}' has {status.SizeBytes} bytes instead of {file.SizeBytes}"));
            }
            else if (status.Mode.HasFlag(UnixFileMode.UserExecute) != file.IsExecutable
                || status.Mode.HasFlag(UnixFileMode.UserWrite))
            {
                findings.Add(new Finding(subject, $"the mode of '{path}' was changed"));
            }
            else if (readsContents && ChecksumOf(path) != file.Checksum)
            {
                findings.Add(new Finding(subject, $"the bytes of '{path}' are not those that were installed"));
            }
        }
    }

    private void CompareNames(string subject, string root, IEnumerable<string> files, IEnumerable<string> directories)
    {
        var expected = files.Concat(directories).ToHashSet(StringComparer.Ordinal);
        foreach (var file in expected.ToList())
        {
            for (var parent = ParentOf(file); parent.Length > 0 && expected.Add(parent); parent = ParentOf(parent))
            {
            }
        }
        foreach (var path in ListNames(root, ""))
        {
            if (!expected.Remove(path))
            {
                findings.Add(new Finding(subject, $"'{Path.Combine(root, path)}' does not belong there"));
            }
        }
        foreach (var path in expected.Where(path => !machine.Files.Exists(Path.Combine(root, path))))
        {
            if (!findings.Exists(finding => finding.Problem.Contains(path, StringComparison.Ordinal)))
            {
                findings.Add(new Finding(subject, $"'{Path.Combine(root, path)}' is missing"));
            }
        }
    }

    private IEnumerable<string> ListNames(string root, string directory)
    {
        foreach (var entry in machine.Files.List(Path.Combine(root, directory)))
        {
            var path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
            yield return path;
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
        var areElsewhere = machine.Files.ReadLink(layout.ToolchainViews) is not null;
        foreach (var toolchain in journal.Read(session => session.Toolchains.List()))
        {
            var expected = toolchain.LinkedPath ?? layout.ViewTarget(toolchain.TreeId ?? "", areElsewhere);
            var view = layout.ToolchainView(toolchain.Name);
            if (machine.Files.ReadLink(view) != expected)
            {
                findings.Add(new Finding($"toolchain {toolchain.Name}", $"'{view}' does not lead to '{expected}'"));
            }
        }
    }

    private UInt128 ChecksumOf(string path)
    {
        const int ChunkBytes = 1 << 17;
        var checksum = new XxHash128();
        using var file = machine.Files.OpenRead(path);
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkBytes);
        int count;
        for (long offset = 0; (count = file.Read(buffer, offset)) > 0; offset += count)
        {
            checksum.Append(buffer.AsSpan(0, count));
        }
        System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        return checksum.GetCurrentHashAsUInt128();
    }

    private static string ParentOf(string path) =>
        path.LastIndexOf('/') is var end and >= 0 ? path[..end] : "";
}
