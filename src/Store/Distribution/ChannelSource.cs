using System.IO.Compression;
using System.Text;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Distribution;

/// <summary>A manifest as a server has it: the digest is the server's, over the text as sent.</summary>
public sealed record FetchedManifest(Digest Digest, ChannelManifest Manifest, Lazy<string> LazyText)
{
    public FetchedManifest(Digest digest, ChannelManifest manifest, string text)
        : this(digest, manifest, new Lazy<string>(text))
    {
    }

    /// <summary>The text as sent; taken out of the journal when somebody wants it, because most do not.</summary>
    public string Text => LazyText.Value;

    /// <summary>
    /// Of one that another rustup rewrote: the digest is that of its text, and this is how the server's began. Null if that
    /// rustup did not keep it, or the digest is the server's.
    /// </summary>
    public string? AnnouncedPrefix { get; init; }
}

/// <summary>The channel manifests of a distribution server, and those that the journal keeps.</summary>
/// <param name="server">Where they are fetched from.</param>
/// <param name="journal">Where those are kept that something is made from.</param>
/// <param name="clock">When they are kept.</param>
/// <param name="signatures">What must be so before one is used; null where nobody named keys.</param>
public sealed class ChannelSource(
    DistributionServer server, JournalDatabase journal, TimeProvider clock, ManifestSignatures? signatures)
{
    // A server publishes once a day; one that moves on at every attempt is broken.
    private const int AttemptsMax = 3;

    /// <summary>
    /// The digest that the server announces for a channel; null if it has no such release. Of a server that may not be asked,
    /// that of the newest release which the journal knows by this name.
    /// </summary>
    /// <exception cref="StoreException">NotFound: the server may not be asked, and the journal knows none.</exception>
    public Digest? FetchDigest(ToolchainName.Official name) =>
        server.MayBeAsked ? FetchDigestOf(UrlOf(name)) : FindKnown(name);

    private Digest FindKnown(ToolchainName.Official name) =>
        journal.Read(session => session.Manifests.ListUsed())
            .FirstOrDefault(used => KnownReleases.IsOf(name, used)) is { } found
            ? Digest.Parse(found.Digest)
            : throw new StoreException(
                StoreErrorKind.NotFound,
                $"no release of '{name.Release}' is in the store, and no server may be asked: offline"
                + "\nhelp: take over what another machine has with `rustup store import`, or go online once");

    /// <summary>
    /// The manifest of a channel, which must have the digest that was announced; or the one announced by then, if the
    /// server published another between the two requests.
    /// </summary>
    public FetchedManifest? Fetch(ToolchainName.Official name, Digest announced)
    {
        var url = UrlOf(name);
        for (var attempt = 1; ; attempt++)
        {
            if (TryLoad(announced) is { } known)
            {
                // Also one that is kept: it may have been fetched when nobody asked for signatures.
                signatures?.Check(url, known.Text);
                return known;
            }
            if (server.TryFetchText(url) is not { } text)
            {
                return null;
            }
            var actual = DigestHasher.Compute(Encoding.UTF8.GetBytes(text));
            if (actual == announced)
            {
                signatures?.Check(url, text);
                return new FetchedManifest(actual, ChannelManifest.Parse(text, url), text);
            }
            if (attempt == AttemptsMax || FetchDigest(name) is not { } now || now == announced)
            {
                throw NotAsAnnounced(url, announced, actual);
            }
            announced = now;
        }
    }

    /// <summary>
    /// What a server has instead that knows no manifests of version 2 for a name; null if it has nothing. Its digest is
    /// that of its archive.
    /// </summary>
    public FetchedManifest? FetchWholeRelease(ToolchainName.Official name)
    {
        if (FindArchive(name) is not { } url || FetchDigestOf(url) is not { } digest)
        {
            return null;
        }
        signatures?.RefuseWholeRelease(url);
        return WholeRelease.Describe(name.Host, url, digest);
    }

    /// <summary>A channel has a list of its files; a version has none, because their names are known.</summary>
    private string? FindArchive(ToolchainName.Official name)
    {
        if (name.Channel.IsNumbered)
        {
            return ManifestUrl.ReleaseArchive(server.Root, name.Channel.Text, name.Date, name.Host);
        }
        var url = ManifestUrl.ManifestVersion1(server.Root, name.ManifestName, name.Date);
        if (FetchDigestOf(url) is not { } announced || server.TryFetchText(url) is not { } list)
        {
            return null;
        }
        var actual = DigestHasher.Compute(Encoding.UTF8.GetBytes(list));
        if (actual != announced)
        {
            throw NotAsAnnounced(url, announced, actual);
        }
        signatures?.Check(url, list);
        var file = list.Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(file => file.Contains($"{name.Host}.tar.gz", StringComparison.Ordinal))
            ?? throw new StoreException(
                StoreErrorKind.NotFound, $"binary package was not provided for '{name.Host}'");
        return $"{url[..url.LastIndexOf('/')]}/{file}";
    }

    private Digest? FetchDigestOf(string subject)
    {
        var url = ManifestUrl.Digest(subject);
        if (server.TryFetchText(url) is not { } text)
        {
            return null;
        }
        return text.Length >= Digest.HexLength && Digest.TryParse(text[..Digest.HexLength], out var digest)
            ? digest
            : throw new StoreException(
                StoreErrorKind.Corrupt, $"'{url}' does not start with a digest\nhelp: is RUSTUP_DIST_SERVER right?");
    }

    private static StoreException NotAsAnnounced(string url, Digest announced, Digest actual) => new(
        StoreErrorKind.Corrupt,
        $"checksum failed for '{url}', expected: '{announced}', calculated: '{actual}'"
        + "\nhelp: the server may be in the middle of an update; try again in a few minutes");

    private string UrlOf(ToolchainName.Official name) =>
        ManifestUrl.Manifest(server.Root, name.ManifestName, name.Date, server.IsStaged);

    /// <summary>A manifest that the journal keeps because a generation was made from it.</summary>
    public FetchedManifest? TryLoad(Digest digest) =>
        journal.Read(session => session.Manifests.Find(digest.Hex)) is { } row ? Unpack(row) : null;

    /// <summary>A manifest from its row, outside of any transaction because it takes a while.</summary>
    public static FetchedManifest Unpack(ManifestRow row)
    {
        var text = new Lazy<string>(() => Decompress(row.Body));
        return new FetchedManifest(
            Digest.Parse(row.Digest),
            ManifestBinary.TryRead(row.Parsed) ?? ChannelManifest.Parse(text.Value, $"manifest {row.Digest}"),
            text)
        {
            AnnouncedPrefix = row.AnnouncedPrefix,
        };
    }

    private static string Decompress(byte[] content)
    {
        try
        {
            using var body = new BrotliStream(new MemoryStream(content), CompressionMode.Decompress);
            using var reader = new StreamReader(body, Encoding.UTF8);
            return reader.ReadToEnd();
        }
        catch (Exception damaged) when (damaged is InvalidOperationException or InvalidDataException or IOException)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                "a manifest in the journal is damaged\nhelp: run `rustup store verify --repair` to rebuild it", damaged);
        }
    }

    /// <summary>Keeps a manifest, and what it offers to a host, in the running transaction.</summary>
    public void Keep(JournalSession session, PackedManifest packed)
    {
        session.Manifests.Insert(new ManifestRow
        {
            Digest = packed.Digest.Hex,
            Date = packed.Manifest.Date,
            RustVersion = packed.Manifest.RustVersion,
            Body = packed.Body,
            Parsed = packed.Parsed,
            CreatedAt = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            AnnouncedPrefix = packed.AnnouncedPrefix,
        });
        if (!session.Manifests.IsOffering(packed.Digest.Hex, packed.Host))
        {
            session.Manifests.InsertOffered(packed.Digest.Hex, packed.Host, packed.Offered);
        }
    }

    /// <summary>Prepares a manifest for the journal, outside of any transaction because it takes a while.</summary>
    public static PackedManifest Pack(FetchedManifest fetched, string host)
    {
        using var body = new MemoryStream();
        using (var compressor = new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            compressor.Write(Encoding.UTF8.GetBytes(fetched.Text));
        }
        var offered = ListOffered(fetched.Manifest, host);
        return new PackedManifest(
            fetched.Digest, fetched.Manifest, host, body.ToArray(), ManifestBinary.Write(fetched.Manifest), offered)
        {
            AnnouncedPrefix = fetched.AnnouncedPrefix,
        };
    }

    /// <summary>What a release offers to a host.</summary>
    public static IReadOnlyList<OfferedComponentRow> ListOffered(ChannelManifest manifest, string host) =>
    [
        .. manifest.ComponentsOf(host).Select(component => new OfferedComponentRow
        {
            Package = component.Package,
            Target = component.Target ?? Component.Wildcard,
            ShortName = manifest.ShortName(component),
            Available = manifest.FindTarget(component) is { IsAvailable: true, Archives.Count: > 0 },
        }),
    ];
}

/// <summary>A manifest as the journal stores it.</summary>
public sealed record PackedManifest(
    Digest Digest,
    ChannelManifest Manifest,
    string Host,
    byte[] Body,
    byte[] Parsed,
    IReadOnlyList<OfferedComponentRow> Offered)
{
    public string? AnnouncedPrefix { get; init; }
}
