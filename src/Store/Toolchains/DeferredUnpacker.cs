using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Unpacks a component that waits, into the place that trees have a link to. No tree changes: the component gets its row,
/// and the trees that were waiting for it their edges to that row.
/// </summary>
/// <remarks>
/// Crash: before the commit an unnamed directory at most, which the next attempt replaces, although links lead to it and its
/// files are whole; after the commit an archive that a collection deletes. Locking: as <see cref="Installer"/>. Of several
/// processes one does it and the others wait for it; the journal says which.
/// </remarks>
public sealed class DeferredUnpacker
{
    private const string Kind = "unpack-deferred";

    /// <summary>Longer than unpacking takes: whoever needs that long was stopped, and a second copy does no harm.</summary>
    private static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);

    private readonly StoreOptions options;
    private readonly Machine machine;
    private readonly StoreLayout layout;
    private readonly JournalDatabase journal;
    private readonly DistributionServer server;

    public DeferredUnpacker(StoreOptions options, StoreLayout layout, JournalDatabase journal, DistributionServer server)
    {
        this.options = options;
        this.layout = layout;
        this.journal = journal;
        this.server = server;
        machine = options.Machine;
    }

    /// <summary>Where its bytes come from.</summary>
    public static ArchiveSource ArchiveOf(DeferredRow row) =>
        new(ArchiveFormatText.Parse(row.ArchiveFormat), row.ArchiveUrl, Digest.Parse(row.ArchiveDigest));

    /// <summary>Whether trees that were composed while it waited are those that would have been composed from it.</summary>
    internal static bool IsRegular(Machine machine, StagedComponent component) => DocumentationOutline.Describes(
        component.Listing, machine.Files.ReadAll(Path.Combine(component.Path, StoreLayout.ComponentManifestFileName)));

    /// <summary>Whether somebody is at it.</summary>
    public static bool IsRunning(Machine machine, StoreLayout layout, JournalSession session, string componentId) =>
        session.Operations.ListRunningWith(Kind, componentId)
            .Any(operation => RunningOperation.IsAlive(machine, layout, operation.OperationId));

    /// <summary>Returns when the component is there, whoever unpacked it, or when nobody needs it any more.</summary>
    /// <returns>False if it is irregular: then toolchains need other trees, and unpack it themselves.</returns>
    public bool TryUnpack(DeferredRow row)
    {
        var mayWait = true;
        while (true)
        {
            using var work = new Work(this, row);
            switch (work.TryBegin(mayWait))
            {
                case Beginning.Unneeded:
                    return true;
                case Beginning.Irregular:
                    return false;
                case Beginning.Begun:
                    return work.TryExecute();
                default:
                    mayWait = WaitForOthers(row);
                    break;
            }
        }
    }

    /// <summary>Has the archive of a component that waits there again, if it is missing or not what was downloaded.</summary>
    public void Restore(string componentId)
    {
        if (journal.Read(session => session.Deferred.Find(componentId)) is { } row)
        {
            OpenArchive(row)?.Dispose();
        }
    }

    /// <summary>Where it was kept, and from the server if somebody deleted it; null if the component does not wait any more.</summary>
    private IFile? OpenArchive(DeferredRow row)
    {
        var source = ArchiveOf(row);
        var downloader = new ArchiveDownloader(machine, layout, server, options.DownloadPatience, options.Reporter);
        return new KeptArchive(machine, layout, options.Reporter).Open(row.Package, source, () => downloader.Obtain(
            row.Package, source, ManifestUrl.Archive(server.Root, source.Url),
            () => journal.Read(session => session.Deferred.Find(row.ComponentId) is not null)));
    }

    /// <summary>False if it took too long.</summary>
    private bool WaitForOthers(DeferredRow row)
    {
        options.Reporter.Info($"waiting for another process that unpacks {row.Package}");
        for (var started = machine.Clock.GetTimestamp(); machine.Clock.GetElapsedTime(started) < WaitLimit; machine.Sleep(WatchInterval))
        {
            if (!journal.Read(session => IsRunning(machine, layout, session, row.ComponentId)))
            {
                return true;
            }
        }
        options.Reporter.Info($"another process is stuck unpacking {row.Package}; unpacking it separately");
        return false;
    }

    private enum Beginning
    {
        Begun,
        Unneeded,
        Irregular,
        OthersAreAtIt,
    }

    /// <summary>One operation.</summary>
    private sealed class Work : IDisposable
    {
        private readonly DeferredUnpacker unpacker;
        private readonly DeferredRow row;
        private readonly IVolume volume;
        private readonly RunningOperation operation;
        private bool isRegistered;
        private bool isFinished;

        internal Work(DeferredUnpacker unpacker, DeferredRow row)
        {
            this.unpacker = unpacker;
            this.row = row;
            // Opened before the first byte is staged: syncfs reports the write errors since then.
            volume = Machine.Files.OpenVolume(Layout.Root);
            operation = RunningOperation.Begin(Machine, Layout, Kind, unpacker.options.Command, ProgramVersion.Text);
        }

        private Machine Machine => unpacker.machine;

        private StoreLayout Layout => unpacker.layout;

        private JournalDatabase Journal => unpacker.journal;

        private Reporter Reporter => unpacker.options.Reporter;

        /// <summary>One transaction: whether it still waits, and that from now on it is this operation which unpacks it.</summary>
        /// <remarks>Crash: recovery ends the operation, and the next command takes the component up.</remarks>
        internal Beginning TryBegin(bool mayWait) => Journal.Write(session =>
        {
            if (session.Deferred.Find(row.ComponentId) is not { } current)
            {
                return Beginning.Unneeded;
            }
            if (current.IsIrregular)
            {
                return Beginning.Irregular;
            }
            if (mayWait && IsRunning(Machine, Layout, session, row.ComponentId)) // Guard: unpacks-once
            {
                return Beginning.OthersAreAtIt;
            }
            operation.Register(session);
            session.Pins.Insert(operation.Id, PinKind.Component, row.ComponentId); // Guard: pin-deferred
            isRegistered = true;
            return Beginning.Begun;
        });

        /// <summary>False if the component turned out to be irregular.</summary>
        internal bool TryExecute()
        {
            using var archive = unpacker.OpenArchive(row);
            if (archive is null)
            {
                // An installation has unpacked it meanwhile.
                Finish(static _ => { });
                return true;
            }
            Reporter.Info($"unpacking {row.Package}");
            var staged = new ComponentUnpacker(Machine, Reporter, isParallel: unpacker.options.Workers > 1).Unpack(
                archive, ArchiveOf(row).Format, new TreePart(row.ComponentId, row.Package, row.Target), row.Package,
                Path.Combine(operation.StagingPath, "component"));
            Machine.ReachCrashPoint(CrashPoint.DeferredUnpacked);
            if (!IsRegular(Machine, staged))
            {
                Finish(session => session.Deferred.MarkIrregular(row.ComponentId));
                return false;
            }
            Machine.ReachCrashPoint(CrashPoint.BeforeSync);
            volume.Sync(); // Guard: sync-unpacked
            Machine.ReachCrashPoint(CrashPoint.BeforePublish);
            Finish(session => Publish(session, staged));
            UnneededArchive.TryDelete(Machine, Layout, Journal, ArchiveOf(row).Digest, archive);
            Reporter.Completed(row.Package);
            return true;
        }

        public void Dispose()
        {
            if (isRegistered && !isFinished)
            {
                operation.FinishAsFailed(Journal, Reporter);
            }
            operation.Dispose();
            volume.Dispose();
        }

        private void Publish(JournalSession session, StagedComponent staged)
        {
            if (session.Deferred.Find(row.ComponentId) is not null) // Guard: recheck-deferred
            {
                new Publisher(Machine, Layout).PublishComponent(staged.Path, row.ComponentId);
                session.Components.Insert(new ComponentRow
                {
                    ComponentId = row.ComponentId,
                    Package = row.Package,
                    Target = row.Target,
                    Version = row.Version,
                    Bytes = staged.Listing.TotalBytes,
                    Files = staged.Listing.Files.Count,
                    ListingChecksum = staged.ListingChecksum,
                    ManifestChecksum = staged.ManifestChecksum,
                    CreatedAt = Machine.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
                });
                session.Deferred.MoveToComponent(row.ComponentId);
            }
        }

        /// <summary>One transaction: what came of it, and the operation's end.</summary>
        private void Finish(Action<JournalSession> conclude)
        {
            Journal.Write(session =>
            {
                Invariant.Hold(session.Operations.IsRunning(operation.Id), "nobody ends the operation of a live process");
                conclude(session);
                operation.Finish(session, Operation.Succeeded);
            });
            isFinished = true;
        }
    }
}
