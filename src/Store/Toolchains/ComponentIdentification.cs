using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>Finds out which component of the store a release means, and from which of its archives it is got where it is missing.</summary>
internal sealed class ComponentIdentification(StoreOptions options, StoreLayout layout, DistributionServer server)
{
    private readonly ArchiveChoice choice = new(options.ArchivePreference, server, options.Workers);
    private readonly ArchiveChoice keptChoice = new(ArchivePreference.Xz, server, options.Workers);

    // What lay in downloads/ when it was last looked.
    private IReadOnlySet<string> begun = new HashSet<string>();

    /// <summary>Looks which downloads were begun: going on with one is quicker than the best choice.</summary>
    internal void NoteBegunDownloads() =>
        begun = options.Machine.Files.List(layout.Downloads).Select(entry => entry.Name).ToHashSet(StringComparer.Ordinal);

    /// <summary>The component that a release means: one that is there under any of its archives' digests, or a new one.</summary>
    internal WantedComponent Identify(
        JournalSession session, InstallPlan plan, Component component, ComponentRow? current, bool mayWait)
    {
        var manifest = plan.Release.Manifest;
        var target = manifest.FindTarget(component);
        Invariant.Hold(target is { Archives.Count: > 0 }, "a plan holds only what the release offers");
        var present = current is { State: ComponentRow.Valid } && !session.Damage.Contains(current.ComponentId) ? current : target.Archives
            .Select(archive => session.Components.FindByArchive(archive.Digest.Hex))
            .FirstOrDefault(row => row is not null);
        var waiting = present is not null ? null : target.Archives
            .Select(archive => session.Deferred.FindByArchive(archive.Digest.Hex))
            .FirstOrDefault(row => row is not null);
        var version = manifest.Packages[component.Package].Version;
        mayWait &= waiting is not { IsIrregular: true } && !session.Components.HasAdopted(component.Package, component.Target, version);
        var state = (present, waiting, mayWait) switch
        {
            (not null, _, _) => WantedState.Present,
            (_, not null, true) => WantedState.Waiting,
            (_, _, true) => WantedState.ToFetch,
            _ => WantedState.ToUnpack,
        };
        var id = present?.ComponentId
            ?? (waiting is { IsIrregular: false }
                ? waiting.ComponentId
                : NewId(session, waiting is null ? Canonical(target.Archives).Digest : Digest.Parse(waiting.ComponentId)));
        return new WantedComponent(
            new TreePart(id, component.Package, component.Target),
            version,
            manifest.Describe(component, plan.Name.Host),
            target.Archives,
            waiting is not null ? DeferredUnpacker.ArchiveOf(waiting) : Choose(target.Archives, mayWait),
            state,
            IsKept: waiting is not null,
            IsAdopted: present is { IsAdopted: true });
    }

    /// <summary>The id under which a component is published: the first incarnation that is not taken by one that must not be used.</summary>
    internal static string NewId(JournalSession session, Digest archive) => FirstUndamaged(
        session, incarnation => ObjectId.OfComponent(archive, incarnation), id => session.Deferred.Find(id) is { IsIrregular: true });

    internal static string FirstUndamaged(
        JournalSession session, Func<int, string> idOf, Func<string, bool>? isTaken = null)
    {
        // Each one is a repair that was made before.
        const int IncarnationsMax = 1000;
        for (var incarnation = 0; incarnation < IncarnationsMax; incarnation++)
        {
            var id = idOf(incarnation);
            if (!session.Damage.Contains(id) && isTaken?.Invoke(id) != true)
            {
                return id;
            }
        }
        throw new StoreException(
            StoreErrorKind.Corrupt, $"'{idOf(0)}' was repaired {IncarnationsMax} times\nhelp: look after the disk");
    }

    /// <summary>The archive whose digest names the component, whichever is downloaded: xz, else gz, else zst.</summary>
    private static ArchiveSource Canonical(IReadOnlyList<ArchiveSource> archives) =>
        archives.FirstOrDefault(archive => archive.Format == ArchiveFormat.Xz)
        ?? archives.FirstOrDefault(archive => archive.Format == ArchiveFormat.Gzip)
        ?? archives[0];

    /// <param name="archives">What the release offers.</param>
    /// <param name="isKept">
    /// Whether the archive stays until somebody asks for it. Documentation is less than half as large in xz, and not slower to read.
    /// </param>
    private ArchiveSource Choose(IReadOnlyList<ArchiveSource> archives, bool isKept) =>
        (isKept && Decompression.IsXzFast && options.ArchivePreference == ArchivePreference.Automatic ? keptChoice : choice)
            .Choose(archives, archive => begun.Contains(Path.GetFileName(layout.Archive(archive.Digest)))
                || begun.Contains(Path.GetFileName(layout.PartialArchive(archive.Digest))));
}
