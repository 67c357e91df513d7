using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Exchange;
using ToolchainStore.Journal;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>Writes toolchains out, so that another store can have them without a server.</summary>
/// <remarks>
/// Locking: each toolchain's tree is leased while it is read, so nobody collects it; the journal is read at one moment each.
/// Nothing in the store changes.
/// </remarks>
public sealed class Exporter(StoreOptions options, StoreLayout layout, JournalDatabase journal)
{
    /// <summary>Exports these toolchains to a directory, or to one file; see <see cref="ExportWriter.Create"/>.</summary>
    /// <exception cref="StoreException">NotFound: one is not installed, or is none that can be exported.</exception>
    public IReadOnlyList<ExportedToolchain> Export(string path, IReadOnlyList<ToolchainName.Official> names)
    {
        var sources = names.Select(Hold).ToList();
        try
        {
            using var writer = ExportWriter.Create(options.Machine, path, sources.SelectMany(NamesOf));
            var written = new Dictionary<string, Digest>(StringComparer.Ordinal);
            var exported = sources.Select(source => Write(writer, source, written)).ToList();
            writer.Finish(new ExportIndex(exported).Format());
            return exported;
        }
        finally
        {
            sources.ForEach(source => source.Lease.Dispose());
            options.Reporter.Finished();
        }
    }

    /// <summary>What a toolchain is made of, and the lease that keeps it.</summary>
    private sealed record Source(
        ToolchainName.Official Name, string? Profile, FetchedManifest Release, IReadOnlyList<ComponentRow> Components, Lease Lease);

    private Source Hold(ToolchainName.Official name)
    {
        ToolchainLocation.Stored? unheld = null;
        for (var lookup = 0; lookup < TreeHolder.LookupsMax; lookup++)
        {
            var (row, manifest, components, waiting) = journal.Read(session => session.Toolchains.Find(name.Text) is { TreeId: { } tree } found
                ? (found, session.Manifests.Find(found.ManifestDigest!), session.Components.ListOfTree(tree), session.Deferred.ListOfTree(tree))
                : default);
            if (row is null && ToolchainLocation.FindForeign(options.Machine.Files, layout, name.Text) is not null)
            {
                throw new StoreException(
                    StoreErrorKind.NotFound,
                    $"'{name.Text}' cannot be exported: another rustup installed it"
                    + $"\nhelp: run `rustup store adopt {name.Text}`, and install components of it that are to be exported again");
            }
            if (row is null || manifest is null)
            {
                throw ToolchainChanges.NotInstalled(name);
            }
            RequireExportable(name, components, waiting);
            if (Lease.TryTake(options.Machine, layout, row.TreeId!) is { } lease)
            {
                return new Source(name, row.Profile, ChannelSource.Unpack(manifest), components, lease);
            }
            unheld = new ToolchainLocation.Stored(name.Text, row.TreeId!, layout.Tree(row.TreeId!));
        }
        throw TreeHolder.NotHeld(options.Machine.Files, $"toolchain '{name.Text}'", unheld);
    }

    private static void RequireExportable(
        ToolchainName.Official name, IReadOnlyList<ComponentRow> components, IReadOnlyList<DeferredRow> waiting)
    {
        if (waiting.Count > 0)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"{waiting[0].Package} of '{name.Text}' is not unpacked yet\nhelp: run `rustup doc --toolchain {name.Text} --path` first");
        }
        if (components.FirstOrDefault(component => component.IsAdopted) is { } adopted)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{name.Text}' cannot be exported: nobody knows which archive its {adopted.Package} came from, which another rustup installed"
                + $"\nhelp: uninstall and install '{name.Text}', or export another toolchain");
        }
        if (components.Any(component => new Component(component.Package, component.Target).IsWholeRelease))
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{name.Text}' cannot be exported: it is a release in one archive, which has no components"
                + "\nhelp: export another toolchain");
        }
    }

    private static IEnumerable<string> NamesOf(Source source) =>
    [
        ExportIndex.ManifestName(source.Release.Digest),
        .. source.Components.Select(component => ExportIndex.ComponentName(component.ComponentId)),
    ];

    private ExportedToolchain Write(IExportWriter writer, Source source, Dictionary<string, Digest> written)
    {
        var manifest = ExportIndex.ManifestName(source.Release.Digest);
        if (written.TryAdd(manifest, source.Release.Digest) && writer.FindWritten(manifest, stream => DigestHasher.Compute(stream) == source.Release.Digest) is null)
        {
            writer.Add(manifest, System.Text.Encoding.UTF8.GetBytes(source.Release.Text));
        }
        return new ExportedToolchain(
            source.Name.Text, source.Profile, source.Release.Digest,
            [.. source.Components.Select(component => Write(writer, component, written))]);
    }

    private ExportedComponent Write(IExportWriter writer, ComponentRow component, Dictionary<string, Digest> written)
    {
        var name = ExportIndex.ComponentName(component.ComponentId);
        if (!written.TryGetValue(name, out var digest))
        {
            digest = WriteArchive(writer, name, component);
            written[name] = digest;
        }
        return new ExportedComponent(
            new Component(component.Package, component.Target), name, digest, component.ListingChecksum);
    }

    private Digest WriteArchive(IExportWriter writer, string name, ComponentRow component)
    {
        var part = new TreePart(component.ComponentId, component.Package, component.Target);
        var listingPath = layout.ComponentListing(component.ComponentId);
        var listing = Listing.Parse(options.Machine.Files.ReadAll(listingPath), listingPath);
        var archive = new ComponentArchive(options.Machine, layout, part, listing);
        if (writer.FindWritten(name, archive.IsWrittenTo) is { } written)
        {
            options.Reporter.Debug($"{part.FullName} was exported before");
            return written;
        }
        options.Reporter.Info($"exporting {component.Package}{(component.Target is { } target ? $" for {target}" : "")}");
        using var hasher = new DigestHasher();
        writer.Add(name, stream => archive.Write(new HashingStream(stream, hasher)));
        return hasher.Finish();
    }

    /// <summary>Hashes what passes on its way to another stream.</summary>
    private sealed class HashingStream(Stream inner, DigestHasher hasher) : Stream
    {
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hasher.Append(buffer);
            inner.Write(buffer);
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
