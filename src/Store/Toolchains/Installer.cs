using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Turns a plan into a published generation: downloads and unpacks what is missing, composes the tree, makes all of it
/// durable with one syncfs, and publishes it together with the name in one transaction.
/// </summary>
/// <remarks>
/// Crash: before the commit nothing but unnamed directories and partial downloads; after it views that the next writer
/// refreshes. Locking: the operation's lock for its life, one archive's lock while it is fetched, the journal's write
/// lock for the publication alone.
/// </remarks>
public sealed class Installer : IDisposable
{
    private readonly StoreOptions options;
    private readonly Machine machine;
    private readonly StoreLayout layout;
    private readonly JournalDatabase journal;
    private readonly ChannelSource channels;
    private readonly DistributionServer server;
    private readonly ArchiveDownloader downloader;
    private readonly ComponentIdentification identification;
    private readonly RunningOperation operation;
    private readonly IVolume volume;
    private readonly Dictionary<string, StagedComponent> staged = new(StringComparer.Ordinal);
    private readonly HashSet<string> irregular = new(StringComparer.Ordinal);
    private readonly Lock stagedLock = new();
    private readonly List<(Digest Digest, IFile File)> archives = [];
    private bool isRegistered;
    private bool isFinished;
    private int stagedCount;

    public Installer(
        StoreOptions options, StoreLayout layout, JournalDatabase journal, DistributionServer server,
        ChannelSource channels, string kind)
    {
        this.options = options;
        this.layout = layout;
        this.journal = journal;
        this.channels = channels;
        this.server = server;
        machine = options.Machine;
        identification = new ComponentIdentification(options, layout, server);
        downloader = new ArchiveDownloader(machine, layout, server, options.DownloadPatience, options.Reporter);
        // Opened before the first byte is staged: syncfs reports the write errors since then.
        volume = machine.Files.OpenVolume(layout.Root);
        operation = RunningOperation.Begin(machine, layout, kind, options.Command, ProgramVersion.Text);
    }

    /// <summary>Publishes the plan; false if the name changed meanwhile, so that the request must be planned again.</summary>
    public bool TryExecute(InstallPlan plan)
    {
        var wanted = Prepare(plan);
        options.Reporter.Debug(Describe(plan, wanted));
        Obtain(plan, wanted.Where(component => component.IsMissing).ToList());
        if (RecogniseAdopted(wanted))
        {
            wanted = Prepare(plan);
        }
        UnpackWhatCannotWait(plan, wanted);
        if (SetIrregularApart(wanted))
        {
            wanted = Prepare(plan);
        }
        var treeId = wanted.TreeId;
        var tree = wanted.IsTreeMissing ? Compose(plan, treeId, wanted) : null;
        if (tree is not null || wanted.Exists(component => component.IsMissing))
        {
            machine.ReachCrashPoint(CrashPoint.BeforeSync);
            // One syncfs for everything. If it fails, staging is dropped and never synced again.
            var begunAt = machine.Clock.GetTimestamp();
            volume.Sync(); // Guard: sync-staged
            options.Reporter.Debug($"made durable in {machine.Since(begunAt)}");
        }
        // What the base was made from is kept by its generation, which the publication checks.
        var packed = plan.Base.Manifest == plan.Release.Digest ? null : ChannelSource.Pack(plan.Release, plan.Name.Host);
        machine.ReachCrashPoint(CrashPoint.BeforePublish);
        return journal.Write(session => TryPublish(session, plan, wanted, treeId, tree, packed));
    }

    public void Dispose()
    {
        foreach (var (_, file) in archives)
        {
            file.Dispose();
        }
        if (isRegistered && !isFinished)
        {
            operation.FinishAsFailed(journal, options.Reporter);
        }
        operation.Dispose();
        volume.Dispose();
    }

    /// <summary>Deletes the archives that were fetched for what is published now.</summary>
    /// <remarks>Crash: complete archives that collection deletes. Another process that uses one keeps it.</remarks>
    public void DeleteArchives()
    {
        foreach (var (digest, file) in archives)
        {
            UnneededArchive.TryDelete(machine, layout, journal, digest, file);
        }
    }

    private static string Describe(InstallPlan plan, WantedComponents wanted)
    {
        var lacking = wanted.Where(component => component.IsMissing).Select(component =>
            $"{component.Name} ({ArchiveFormatText.Format(component.Archive.Format)}{(component.MayWait ? ", to be unpacked when it is read" : "")})").ToList();
        return $"{plan.Name.Text} of {plan.Release.Digest.Hex[..12]}: {wanted.Count - lacking.Count} of {wanted.Count} components are in the store"
            + (lacking.Count > 0 ? $", lacking {string.Join(", ", lacking)}" : "")
            + (wanted.IsTreeMissing ? "" : "; so is their tree");
    }

    /// <summary>One transaction: the operation's row, pins for all of the plan, and what of it is missing.</summary>
    private WantedComponents Prepare(InstallPlan plan)
    {
        // What the journal names from now on is there, also if this machine looked for it before another one made it.
        machine.Files.Refresh(layout.Components);
        machine.Files.Refresh(layout.Trees);
        identification.NoteBegunDownloads();
        return journal.Write(session => Prepare(session, plan));
    }

    private WantedComponents Prepare(JournalSession session, InstallPlan plan)
    {
        if (!isRegistered)
        {
            operation.Register(session);
            isRegistered = true;
        }
        // Of the same release the components are those that are there, also where no archive's digest leads to them.
        var current = plan.Base.TreeId is { } tree && plan.Base.IsMadeFrom(plan.Release.Digest)
            ? session.Components.ListOfTree(tree).ToDictionary(row => new Component(row.Package, row.Target))
            : [];
        var mode = DocumentationModeText.Read(session);
        var wanted = new WantedComponents(
        [
            .. plan.Change.Final.Select(component => identification.Identify(
                session, plan, component, current.GetValueOrDefault(component),
                mayWait: plan.Imported is null && (plan.IsRepair ? plan.Waiting.Contains(component) : mode.Defers(component)))),
        ]);
        foreach (var component in wanted)
        {
            session.Pins.Insert(operation.Id, PinKind.Component, component.Part.ComponentId); // Guard: pin-components
        }
        var parts = wanted.Select(component => component.Part).ToList();
        wanted.TreeId = ComponentIdentification.FirstUndamaged(session, incarnation => ObjectId.OfTree(parts, incarnation));
        session.Pins.Insert(operation.Id, PinKind.Tree, wanted.TreeId); // Guard: pin-tree
        wanted.IsTreeMissing = session.Trees.Find(wanted.TreeId) is not { State: ComponentRow.Valid };
        foreach (var component in wanted.Where(component => component.IsMissing && plan.Imported is null))
        {
            session.Downloads.Insert(new DownloadRow
            {
                Digest = component.Archive.Digest.Hex,
                // Others may read the journal.
                Url = Credentials.Hide(ManifestUrl.Archive(server.Root, component.Archive.Url)),
                OperationId = operation.Id,
            });
        }
        return wanted;
    }

    /// <summary>
    /// Makes adopted components the ones of the archives that were just unpacked, where both have the same listing, bytes
    /// and modes; then they are used and what was unpacked is not. True if there were any.
    /// </summary>
    private bool RecogniseAdopted(IReadOnlyList<WantedComponent> wanted)
    {
        if (staged.Count == 0 || !journal.Read(session => session.Components.HasAdopted()))
        {
            return false;
        }
        var unpacked = wanted.Where(component => component.IsMissing && staged.ContainsKey(component.Part.ComponentId))
            .Select(component => (
                component,
                ObjectId.OfComponent(DigestHasher.Compute(staged[component.Part.ComponentId].Listing.Format())))).ToList();
        return journal.Write(session =>
        {
            var hasFound = false;
            foreach (var (component, adoptedId) in unpacked)
            {
                if (session.Components.Find(adoptedId) is not { State: ComponentRow.Valid, IsAdopted: true }
                    || session.Damage.Contains(adoptedId))
                {
                    continue;
                }
                session.Pins.Insert(operation.Id, PinKind.Component, adoptedId);
                InsertAliases(session, component, adoptedId);
                hasFound = true;
            }
            return hasFound;
        });
    }

    private void Obtain(InstallPlan plan, IReadOnlyList<WantedComponent> missing)
    {
        var toFetch = missing.Where(component =>
            !staged.ContainsKey(component.Part.ComponentId)
            && !(component.State == WantedState.ToFetch && FindOpen(component.Archive.Digest) is not null)).ToList();
        if (toFetch.Count == 0)
        {
            return;
        }
        RequireReachable(plan, toFetch);
        options.Reporter.Info(toFetch switch
        {
            _ when plan.Imported is not null => $"importing {toFetch.Count} component{(toFetch.Count == 1 ? "" : "s")}",
            [{ Part.IsWholeRelease: true } whole] => $"installing component {whole.Name}",
            [var only] => $"downloading component {plan.Release.Manifest.ShortName(only.Component)}",
            _ => $"downloading {toFetch.Count} components",
        });
        // Documentation is most of all files, so it starts first and the rest fits beside it; else the compiler takes longest.
        var ordered = toFetch.OrderByDescending(component => component switch
        {
            { State: WantedState.ToUnpack, Component.IsDocumentation: true } => 2,
            { Component.Package: "rustc" } => 1,
            _ => 0,
        }).ToList();
        try
        {
            ParallelWork.Run(ordered, options.Workers, component => ObtainOne(plan, component));
        }
        finally
        {
            options.Reporter.Finished();
        }
    }

    /// <exception cref="StoreException">NotFound: something is not here, and the server may not be asked.</exception>
    private void RequireReachable(InstallPlan plan, IReadOnlyList<WantedComponent> toFetch)
    {
        if (server.MayBeAsked || plan.Imported is not null)
        {
            return;
        }
        var lacking = toFetch.Where(component => !machine.Files.Exists(layout.Archive(component.Archive.Digest)))
            .Select(component => $"'{plan.Release.Manifest.ShortName(component.Component)}'"
                + (component.Part.Target is { } target && target != plan.Name.Host ? $" for '{target}'" : "")).ToList();
        if (lacking.Count > 0)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{plan.Name.Text}' needs {string.Join(", ", lacking)}, which the store does not have, and no server may be asked: offline"
                + "\nhelp: take over what another machine has with `rustup store import`, or go online once");
        }
    }

    private void ObtainOne(InstallPlan plan, WantedComponent component)
    {
        if (plan.Imported is { } imported)
        {
            Stage(component, (unpacker, directory) => imported.Unpack(unpacker, component.Part, component.Name, directory));
            options.Reporter.Completed(component.Name);
            return;
        }
        try
        {
            var archive = FindOpen(component.Archive.Digest) ?? Fetch(component);
            if (archive is not null && !component.MayWait)
            {
                Unpack(component, archive);
            }
            options.Reporter.Completed(component.Name);
        }
        catch (StoreException failed) when (failed.Kind is StoreErrorKind.Network or StoreErrorKind.Corrupt or StoreErrorKind.NotFound)
        {
            throw new StoreException(
                failed.Kind, $"component download failed for {component.Part.FullName}", failed);
        }
    }

    private IFile? FindOpen(Digest archive)
    {
        lock (stagedLock)
        {
            return archives.Find(open => open.Digest == archive).File;
        }
    }

    /// <summary>The archive, shared with whoever else wants it; null if its component came meanwhile.</summary>
    private IFile? Fetch(WantedComponent component)
    {
        var url = ManifestUrl.Archive(server.Root, component.Archive.Url);
        var archive = component.IsKept
            ? new KeptArchive(machine, layout, options.Reporter).Open(component.Name, component.Archive, Obtain)
            : Obtain();
        if (archive is not null)
        {
            lock (stagedLock)
            {
                archives.Add((component.Archive.Digest, archive));
            }
        }
        return archive;

        IFile? Obtain() => downloader.Obtain(component.Name, component.Archive, url, () => !IsThere(component));
    }

    /// <summary>
    /// Unpacks documentation that shares its directory with another component of the tree: then the tree holds files of
    /// it instead of one link.
    /// </summary>
    private void UnpackWhatCannotWait(InstallPlan plan, WantedComponents wanted)
    {
        if (!wanted.IsTreeMissing || !wanted.Exists(component => component.MayWait))
        {
            return;
        }
        var sources = wanted.Select(SourceOf).ToList();
        var links = TreeComposer.FindDocumentationLinks(sources);
        foreach (var (component, source) in wanted.Zip(sources).ToList())
        {
            if (source.IsOutline && !DocumentationOutline.IsLinked(links))
            {
                options.Reporter.Debug(
                    $"{plan.Release.Manifest.ShortName(component.Component)} is unpacked now: another component has files beside its");
                ObtainOne(plan, component with { State = WantedState.ToUnpack });
            }
        }
    }

    /// <summary>
    /// Gives another id to documentation that trees of other names wait for and that turns out not to be what they were
    /// composed for. True if there was any.
    /// </summary>
    private bool SetIrregularApart(WantedComponents wanted)
    {
        var found = wanted.Select(component => component.Part.ComponentId).Where(id => irregular.Contains(id)
            && journal.Read(session => session.Deferred.Find(id) is not null)).ToList();
        foreach (var id in found)
        {
            var apart = journal.Write(session =>
            {
                session.Deferred.MarkIrregular(id);
                return ComponentIdentification.NewId(session, Digest.Parse(id));
            });
            staged[apart] = staged[id];
            staged.Remove(id);
            irregular.Remove(id);
        }
        return found.Count > 0;
    }

    private void Unpack(WantedComponent component, IFile archive) => Stage(component, (unpacker, directory) =>
        unpacker.Unpack(archive, component.Archive.Format, component.Part, component.Name, directory));

    private void Stage(WantedComponent component, Func<ComponentUnpacker, string, StagedComponent> unpack)
    {
        var begunAt = machine.Clock.GetTimestamp();
        var result = unpack(
            new ComponentUnpacker(machine, options.Reporter, isParallel: options.Workers > 1),
            Path.Combine(operation.StagingPath, NextStagedName()));
        options.Reporter.Debug(
            $"unpacked {component.Name} in {machine.Since(begunAt)}: {result.Listing.Files.Count} files, {result.Listing.TotalBytes} bytes");
        machine.ReachCrashPoint(CrashPoint.ComponentUnpacked);
        lock (stagedLock)
        {
            staged[component.Part.ComponentId] = result;
            if (component.Component.IsDocumentation && !DeferredUnpacker.IsRegular(machine, result))
            {
                irregular.Add(component.Part.ComponentId);
            }
        }
    }

    /// <summary>Whether another operation has done meanwhile what ours would.</summary>
    private bool IsThere(WantedComponent component) => journal.Read(session =>
        session.Components.Find(component.Part.ComponentId) is { State: ComponentRow.Valid }
        || (component.State == WantedState.ToFetch && session.Deferred.Find(component.Part.ComponentId) is not null));

    private StagedTree Compose(InstallPlan plan, string treeId, WantedComponents wanted)
    {
        var sources = wanted.Select(component => FindPresentOutline(component) ?? SourceOf(component)).ToList();
        if (sources.Exists(source => source.IsOutline) && !DocumentationOutline.IsLinked(TreeComposer.FindDocumentationLinks(sources)))
        {
            // Another component has files beside the documentation: then the tree holds links to each of its files.
            sources = wanted.Select(SourceOf).ToList();
        }
        var directory = Path.Combine(operation.StagingPath, NextStagedName());
        var begunAt = machine.Clock.GetTimestamp();
        var composed = new TreeComposer(machine).Compose(treeId, sources, plan.Release.Text, directory);
        options.Reporter.Debug($"composed tree {treeId} in {machine.Since(begunAt)}");
        return composed;
    }

    private TreeSource SourceOf(WantedComponent wanted)
    {
        var part = wanted.Part;
        if (wanted.MayWait && FindOutline(part) is { } outline)
        {
            return outline;
        }
        if (staged.TryGetValue(part.ComponentId, out var component))
        {
            return new TreeSource(
                part,
                Path.Combine(component.Path, StoreLayout.ComponentFilesDirectoryName),
                Path.Combine(component.Path, StoreLayout.ComponentManifestFileName),
                component.Listing);
        }
        var listingPath = layout.ComponentListing(part.ComponentId);
        return new TreeSource(
            part,
            layout.ComponentFiles(part.ComponentId),
            layout.ComponentManifest(part.ComponentId),
            Listing.Parse(machine.Files.ReadAll(listingPath), listingPath));
    }

    /// <summary>What stands for documentation that is there: its listing would take longer to read than the tree to compose.</summary>
    private TreeSource? FindPresentOutline(WantedComponent wanted)
    {
        var files = layout.ComponentFiles(wanted.Part.ComponentId);
        var manifest = layout.ComponentManifest(wanted.Part.ComponentId);
        return wanted.State == WantedState.Present
            && wanted.Component.IsDocumentation
            && DocumentationOutline.Describes(machine.Files, files, manifest)
                ? new TreeSource(wanted.Part, files, manifest, DocumentationOutline.Listing) { IsOutline = true }
                : null;
    }

    /// <summary>What a tree is composed from while a component waits; null if it is there, or about to be.</summary>
    private TreeSource? FindOutline(TreePart part)
    {
        if (staged.ContainsKey(part.ComponentId)
            || journal.Read(session => session.Components.Find(part.ComponentId) is { State: ComponentRow.Valid }))
        {
            return null;
        }
        var manifest = Path.Combine(operation.StagingPath, NextStagedName());
        machine.Files.CreateDirectories(operation.StagingPath);
        machine.Files.WriteNew(manifest, DocumentationOutline.Manifest, FileSystemExtensions.OrdinaryFile);
        return new TreeSource(part, layout.ComponentFiles(part.ComponentId), manifest, DocumentationOutline.Listing)
        {
            IsOutline = true,
        };
    }

    /// <summary>The publication: what is staged gets its names, the rows, and the toolchain's name its new generation.</summary>
    private bool TryPublish(
        JournalSession session, InstallPlan plan, WantedComponents wanted, string treeId, StagedTree? tree,
        PackedManifest? packed)
    {
        Invariant.Hold(session.Operations.IsRunning(operation.Id), "nobody ends the operation of a live process");
        if (HasBaseChanged(session, plan)) // Guard: recheck-base
        {
            return false;
        }
        if (session.Damage.Contains(treeId)) // Guard: recheck-damage
        {
            return false;
        }
        if (wanted.Exists(component => IsOutdated(session, component))) // Guard: recheck-waiting
        {
            return false;
        }
        var publisher = new Publisher(machine, layout);
        foreach (var component in wanted)
        {
            PublishComponent(session, publisher, component);
        }
        if (session.Trees.Find(treeId) is not { State: ComponentRow.Valid }) // Guard: recheck-tree
        {
            Invariant.Hold(tree is not null, "a pinned tree stays valid");
            publisher.PublishTree(tree.Path, treeId);
            var ids = wanted.Select(component => component.Part.ComponentId).ToList();
            session.Trees.Insert(
                new TreeRow { TreeId = treeId, Bytes = tree.OwnBytes, OwnChecksum = tree.OwnChecksum, CreatedAt = Now() }, ids);
        }
        if (packed is not null)
        {
            channels.Keep(session, packed);
        }
        if (plan is { IsRepair: true, Base.GenerationId: { } repaired })
        {
            session.Generations.ReplaceTree(repaired, treeId);
        }
        else
        {
            var generation = new NameMove(operation.Id, plan.Name.Text, treeId, plan.Release.Digest.Hex)
            {
                Profile = plan.Profile is { } profile ? ProfileText.Format(profile) : null,
            }.Make(session, Now());
            options.Reporter.Debug($"generation {generation} of {plan.Name.Text} is tree {treeId}");
        }
        operation.Finish(session, Operation.Succeeded, downloader.ReceivedBytes);
        isFinished = true;
        return true;
    }

    private static bool HasBaseChanged(JournalSession session, InstallPlan plan) => plan.IsRepair
        ? plan.Base.GenerationId is not { } repaired || session.Generations.Find(repaired)?.TreeId != plan.Base.TreeId
        : session.Toolchains.Find(plan.Name.Text)?.GenerationId != plan.Base.GenerationId;

    /// <summary>
    /// Whether a component that the tree was composed for is another by now: one was found damaged, one that waited is unpacked, or is known to be
    /// irregular, or others began to wait for one that is.
    /// </summary>
    private bool IsOutdated(JournalSession session, WantedComponent component)
    {
        var id = component.Part.ComponentId;
        if (session.Damage.Contains(id))
        {
            return true;
        }
        if (staged.ContainsKey(id))
        {
            return irregular.Contains(id) && session.Deferred.Find(id) is not null;
        }
        return component.MayWait
            && (session.Components.Find(id) is { State: ComponentRow.Valid } || session.Deferred.Find(id) is { IsIrregular: true });
    }

    private void PublishComponent(JournalSession session, Publisher publisher, WantedComponent component)
    {
        var id = component.Part.ComponentId;
        if (session.Components.Find(id) is not { State: ComponentRow.Valid }) // Guard: recheck-component
        {
            if (component.MayWait && !staged.ContainsKey(id))
            {
                Defer(session, component);
                return;
            }
            Invariant.Hold(staged.ContainsKey(id), "a pinned component stays valid");
            var ready = staged[id];
            publisher.PublishComponent(ready.Path, id);
            session.Components.Insert(new ComponentRow
            {
                ComponentId = id,
                Package = component.Part.Package,
                Target = component.Part.Target,
                Version = component.Version,
                Bytes = ready.Listing.TotalBytes,
                Files = ready.Listing.Files.Count,
                ListingChecksum = ready.ListingChecksum,
                ManifestChecksum = ready.ManifestChecksum,
                CreatedAt = Now(),
            });
            if (session.Deferred.Find(id) is not null)
            {
                session.Deferred.MoveToComponent(id);
            }
        }
        if (!component.IsAdopted)
        {
            InsertAliases(session, component, id);
        }
    }

    /// <summary>Records that a component waits. Its archive is durable, and ours until the row keeps it.</summary>
    private void Defer(JournalSession session, WantedComponent component)
    {
        var id = component.Part.ComponentId;
        var digests = component.Archives.Select(archive => archive.Digest.Hex).ToList();
        if (session.Deferred.Find(id) is not null)
        {
            session.Deferred.InsertAliases(id, digests);
            return;
        }
        var archive = FindOpen(component.Archive.Digest);
        Invariant.Hold(archive is not null, "a pinned component waits or is there");
        session.Deferred.Insert(
            new DeferredRow
            {
                ComponentId = id,
                Package = component.Part.Package,
                Target = component.Part.Target,
                Version = component.Version,
                ArchiveDigest = component.Archive.Digest.Hex,
                ArchiveFormat = ArchiveFormatText.Format(component.Archive.Format),
                ArchiveUrl = component.Archive.Url,
                ArchiveBytes = archive.Length,
                CreatedAt = Now(),
            },
            digests);
    }

    private static void InsertAliases(JournalSession session, WantedComponent component, string id)
    {
        foreach (var archive in component.Archives)
        {
            session.Archives.Insert(archive.Digest.Hex, id);
        }
    }

    private string NextStagedName() => Interlocked.Increment(ref stagedCount).ToString();

    private long Now() => machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}
