using System.Globalization;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Exchange;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// The store of one RUSTUP_HOME: everything that commands do with it. Ten objects wired in plain sight.
/// </summary>
/// <remarks>
/// Every method that changes something reports success only after its commit. Links and settings.toml follow the commit;
/// a crash in between leaves them to the next writing command.
/// </remarks>
public sealed class LocalStore : IDisposable
{
    private const int BallastBytes = 4 << 20;
    private static readonly TimeSpan CollectionInterval = TimeSpan.FromDays(1);

    private readonly StoreOptions options;
    private readonly Machine machine;
    private readonly JournalDatabase journal;
    private readonly bool isWritable;
    private readonly SettingsView settings;
    private readonly ToolchainViews views;
    private readonly ToolchainChanges changes;
    private readonly Adopter adopter;
    private readonly DeferredUnpacker unpacker;
    private readonly ChannelSource channels;
    private IDisposable? sharing;
    private readonly ToolchainHistory history;

    private LocalStore(StoreOptions options, StoreLayout layout, JournalDatabase journal, bool isWritable)
    {
        this.options = options;
        this.journal = journal;
        this.isWritable = isWritable;
        Layout = layout;
        machine = options.Machine;
        var server = new DistributionServer(
            machine, options.ServerRoot, options.IdleTimeout, options.UsesStagedManifests, options.IsOffline)
        {
            Collected = options.CollectedArchives,
        };
        var signatures = options.Signatures is { } policy ? new ManifestSignatures(machine, server, policy) : null;
        channels = new ChannelSource(server, journal, machine.Clock, signatures);
        settings = new SettingsView(machine, layout, journal);
        views = new ToolchainViews(machine, layout, journal, options.Reporter);
        changes = new ToolchainChanges(options, layout, journal, server, channels);
        adopter = new Adopter(options, layout, journal, channels);
        unpacker = new DeferredUnpacker(options, layout, journal, server);
        history = new ToolchainHistory(options, layout, journal, views);
        Catalog = new ToolchainCatalog(machine.Files, layout, journal);
    }

    public StoreLayout Layout { get; }

    public ToolchainCatalog Catalog { get; }

    /// <summary>Opens the store for a command that changes it: made if need be, recovered, views in line.</summary>
    public static LocalStore OpenForWriting(StoreOptions options) => OpenForWriting(options, static _ => { });

    /// <summary>As <see cref="OpenForWriting(StoreOptions)"/>, for a command that frees space: it works on a full disk.</summary>
    public static LocalStore OpenForFreeing(StoreOptions options) =>
        OpenForWriting(options, ballast => ballast.GiveUpIfNeeded());

    private static LocalStore OpenForWriting(StoreOptions options, Action<Ballast> prepare)
    {
        var layout = new StoreLayout(options.RustupHome);
        ForeignHome.Refuse(options.Machine, layout);
        options.Machine.Files.CreateDirectories(options.RustupHome);
        var sharing = options.Machine.Files.ShareLike(options.RustupHome);
        JournalDatabase? journal = null;
        try
        {
            prepare(new Ballast(options.Machine, layout, BallastBytes));
            journal = JournalDatabase.OpenForWriting(options.Machine, layout, options.JournalPatience);
            var store = new LocalStore(options, layout, journal, isWritable: true) { sharing = sharing };
            store.Recover();
            return store;
        }
        catch
        {
            journal?.Dispose();
            sharing.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens the store for a command that only reads. If there is none yet, or somebody edited settings.toml, it is
    /// brought up to date first; where that is not permitted, in memory, for this command alone.
    /// </summary>
    public static LocalStore OpenForReading(StoreOptions options)
    {
        var layout = new StoreLayout(options.RustupHome);
        var patience = options.JournalPatience;
        if (JournalDatabase.TryOpenForReading(options.Machine, layout, patience) is { } journal)
        {
            var store = new LocalStore(options, layout, journal, isWritable: false);
            if (store.settings.IsCurrent())
            {
                return store;
            }
            if (!options.Machine.Files.CanWrite(layout.Root))
            {
                using (store)
                {
                    return ImportInMemory(options, layout, journal.CopyIntoMemory());
                }
            }
            store.Dispose();
        }
        if (ForeignHome.FindUnwritable(options.Machine, layout) is not null)
        {
            return ImportInMemory(options, layout, JournalDatabase.CreateInMemory(options.Machine, layout));
        }
        try
        {
            return OpenForWriting(options);
        }
        catch (FileSystemException full) when (full.Error == FileSystemError.NoSpace
            && JournalDatabase.TryOpenForReading(options.Machine, layout, patience) is { } unchanged)
        {
            options.Reporter.Warn($"an edit of '{layout.SettingsFile}' could not be taken over: {full.Message}");
            return new LocalStore(options, layout, unchanged, isWritable: false);
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.AccessDenied or FileSystemError.ReadOnly)
        {
            return ImportInMemory(options, layout, JournalDatabase.CreateInMemory(options.Machine, layout));
        }
    }

    private static LocalStore ImportInMemory(StoreOptions options, StoreLayout layout, JournalDatabase memory)
    {
        var store = new LocalStore(options, layout, memory, isWritable: false);
        store.settings.Import();
        return store;
    }

    /// <summary>Opens the store as it is, for looking whether it is whole; only one of an older program is migrated.</summary>
    public static LocalStore OpenForVerification(StoreOptions options)
    {
        var layout = new StoreLayout(options.RustupHome);
        return JournalDatabase.TryOpenForReading(options.Machine, layout, options.JournalPatience) is { } journal
            ? new LocalStore(options, layout, journal, isWritable: false)
            : OpenForWriting(options);
    }

    /// <summary>The identity of this store, wherever it is moved or copied.</summary>
    public string StoreId => journal.LookUp(query => query.FindStoreCell(StoreTable.Id)) ?? "";

    public Settings ReadSettings() => journal.Read(SettingsView.ReadSettings);

    /// <summary>One setting as the journal stores it; null if nobody set it.</summary>
    public string? FindSetting(string key) => journal.LookUp(query => query.FindSetting(key));

    /// <summary>The host that partial names are completed with.</summary>
    public string DefaultHost => FindSetting(SettingKeys.DefaultHost) ?? options.DetectedHost;

    /// <summary>What the user set, else what the machine's owner chose for everybody; null if nobody did.</summary>
    public string? DefaultToolchain => FindSetting(SettingKeys.DefaultToolchain) ?? options.FindFallbackDefault();

    /// <summary>Which toolchain a command would use in a directory, and why; null if none is selected.</summary>
    public Selection? Select(string directory, string? plusToolchain, string? environmentToolchain) => journal.LookUp(
        query => CreateSelector(query).Select(directory, plusToolchain, environmentToolchain));

    /// <summary>What a name on the command line means here.</summary>
    public ToolchainReference Resolve(RequestedToolchain requested) =>
        journal.LookUp(query => CreateSelector(query).Resolve(requested));

    public InstallOutcome Follow(FollowRequest request)
    {
        AdoptIfForeign(request.Name);
        var outcome = changes.Follow(request);
        views.Refresh();
        return outcome;
    }

    public bool ChangeComponents(ComponentRequest request)
    {
        AdoptIfForeign(request.Name);
        var hasChanged = changes.Change(request);
        views.Refresh();
        return hasChanged;
    }

    /// <summary>Writes toolchains out for another store; nothing changes here.</summary>
    public IReadOnlyList<ExportedToolchain> Export(string path, IReadOnlyList<ToolchainName.Official> names) =>
        new Exporter(options, Layout, journal).Export(path, names);

    /// <summary>Makes a name what it was where it was exported, without a server.</summary>
    /// <exception cref="StoreException">Corrupt: the export is torn or was changed. Nothing has changed here then.</exception>
    public ImportOutcome Import(ExportReader export, ExportedToolchain toolchain, bool replaces)
    {
        if (options.Signatures is { IsRequired: true })
        {
            throw new StoreException(
                StoreErrorKind.Usage,
                "an export has no signatures, and RUSTUP_STORE_REQUIRE_SIGNATURE asks for them"
                + "\nhelp: unset it for this command if you trust the export");
        }
        var name = ToolchainName.TryParse(toolchain.Name) as ToolchainName.Official
            ?? throw new StoreException(
                StoreErrorKind.Corrupt,
                $"the export holds '{toolchain.Name}', which is no toolchain of a release"
                + "\nhelp: name the toolchains to import after the path");
        AdoptIfForeign(name);
        var text = export.ReadText(ExportIndex.ManifestName(toolchain.Manifest), toolchain.Manifest);
        var release = new FetchedManifest(
            toolchain.Manifest, ChannelManifest.Parse(text, ExportIndex.ManifestName(toolchain.Manifest)), text);
        var outcome = changes.Import(new ImportRequest(
            name, release, toolchain, new ImportedComponents(export, toolchain), replaces));
        views.Refresh();
        return outcome;
    }

    /// <summary>
    /// Makes a toolchain that another rustup installed one of the store, without a download; null if it is none of those.
    /// </summary>
    /// <exception cref="StoreException">Corrupt: it is not complete. It stays as it is then.</exception>
    public Adoption? Adopt(ToolchainName.Official name)
    {
        RequireWritable();
        var adoption = adopter.Adopt(name);
        views.Refresh();
        return adoption;
    }

    /// <summary>Whether a name is a toolchain that another rustup installed, with its components.</summary>
    public bool IsAdoptable(ToolchainName.Official name) => FindForeign(name) is not null;

    /// <summary>The state of a tracked toolchain; its generation is null if the store has no such one.</summary>
    public ToolchainBase ReadBase(ToolchainName name) => changes.ReadBase(name.Text);

    /// <summary>The manifest that an installed toolchain was made from.</summary>
    public ChannelManifest LoadManifest(ToolchainName.Official name) =>
        FindForeign(name)?.ParseManifest() ?? changes.ReadInstalled(name).Release.Manifest;

    /// <summary>
    /// What the release of an installed toolchain offers to its host and what of it is installed, at one moment and from
    /// rows: no manifest is parsed.
    /// </summary>
    public ToolchainComponents ReadComponents(ToolchainName.Official name) => FindForeign(name) is { } foreign
        ? new ToolchainComponents(ChannelSource.ListOffered(foreign.ParseManifest(), name.Host), foreign.Components)
        : ReadStoredComponents(name);

    private ToolchainComponents ReadStoredComponents(ToolchainName.Official name) => journal.LookUp(query =>
    {
        if (query.FindToolchain(name.Text)?.TreeId is not { } tree || query.FindManifestOf(name.Text) is not { } manifest)
        {
            throw ToolchainChanges.NotInstalled(name);
        }
        var installed = query.ListComponentsOf(tree).Select(part => new Component(part.Package, part.Target)).ToList();
        return installed.Exists(component => component.IsWholeRelease)
            ? throw WholeRelease.HasNoComponents(name.Text)
            : new ToolchainComponents(query.ListOffered(manifest, name.Host), installed);
    });

    /// <summary>Whether the server has a newer release than the installed one: one small request when it has not.</summary>
    public UpdateCheck CheckForUpdate(ToolchainName.Official name)
    {
        if (options.IsOffline)
        {
            throw new StoreException(StoreErrorKind.Usage, "only the server knows whether there is something newer, and it may not be asked: offline"
                + "\nhelp: unset RUSTUP_STORE_OFFLINE for this command");
        }
        var (@base, installed) = FindForeign(name) is { } foreign
            ? (adopter.DescribeBase(name, foreign), foreign.ParseManifest().RustVersion)
            : ReadInstalledVersion(name);
        var announced = channels.FetchDigest(name) ?? throw changes.NoRelease(name);
        if (@base.IsMadeFrom(announced))
        {
            return new UpdateCheck(installed, Available: null);
        }
        var release = channels.Fetch(name, announced);
        return new UpdateCheck(installed, release?.Manifest.RustVersion);
    }

    private (ToolchainBase Base, string? Version) ReadInstalledVersion(ToolchainName.Official name)
    {
        var @base = changes.ReadBase(name.Text);
        return (@base, @base.Manifest is { } digest
            ? journal.Read(session => session.Manifests.FindRustVersion(digest.Hex))
            : null);
    }

    /// <summary>Removes a name; false if there was none. Its space comes back by collection.</summary>
    /// <remarks>From the commit on no process starts from it but descendants of one that holds its lease.</remarks>
    public bool Uninstall(ToolchainName name) => Uninstall(name, onlyAsOf: null);

    private bool Uninstall(ToolchainName name, long? onlyAsOf)
    {
        RequireWritable();
        var wasThere = journal.Write(session =>
        {
            // Somebody updated or installed it since it was found to be unused.
            if (onlyAsOf is not null && session.Toolchains.Find(name.Text)?.GenerationId != onlyAsOf)
            {
                return false;
            }
            var operation = RecordInstant(session, "uninstall");
            if (session.Toolchains.Find(name.Text) is not { } row)
            {
                // In here, because a link that another command is making has its row by now or will be made after.
                return views.RemoveForeign(session, name.Text);
            }
            if (row.LinkedPath is null)
            {
                // Without its row the directory that was adopted would be somebody else's again, and go on being run.
                views.RemoveAdopted(session, name.Text); // Guard: remove-adopted
                return session.Toolchains.Delete(operation, name.Text, Now());
            }
            // Without its row a link out of the store would be somebody else's, and go on being run.
            session.Toolchains.Delete(operation, name.Text, Now());
            views.Remove(session, name.Text);
            return true;
        });
        if (wasThere)
        {
            views.Refresh(name.Text);
        }
        return wasThere;
    }

    /// <summary>The last move of a name so far: what a command has moved itself comes after it.</summary>
    public long FindLastMove() => journal.Read(session => session.Moves.FindLastNumber());

    /// <summary>Says who still runs from what these names led to until they moved, later than <paramref name="after"/>.</summary>
    public void SayOvertaken(IReadOnlyCollection<string> names, long after) => CreateOvertaken().Say(ListLeftTrees(names, after));

    /// <summary>Ends those who still run from what these names led to before, as far as that is remembered, and says whom it could not.</summary>
    public void StopOvertaken(IReadOnlyCollection<string> names)
    {
        RequireWritable();
        CreateOvertaken().Stop(ListLeftTrees(names, after: 0));
    }

    private OvertakenProcesses CreateOvertaken() => new(machine, Layout, journal, options.Reporter);

    private IReadOnlyList<LeftTree> ListLeftTrees(IReadOnlyCollection<string> names, long after) => journal.Read(session =>
        names.SelectMany(name => session.Moves.ListLeftTrees(name, after).Select(tree => new LeftTree(name, tree))).ToList());

    /// <summary>Makes a name for a directory that somebody else owns, replacing what the name meant before.</summary>
    public void Link(ToolchainName.Custom name, string path)
    {
        RequireWritable();
        journal.Write(session =>
        {
            var operation = RecordInstant(session, "link");
            // Crash without this: beside the new row a link to the old directory would look like somebody else's, and stay.
            views.Remove(session, name.Text);
            session.Toolchains.Link(operation, name.Text, path, Now());
        });
        views.Refresh(name.Text);
    }

    /// <inheritdoc cref="ToolchainHistory.List"/>
    public IReadOnlyList<Generation> ListGenerations(ToolchainName name) => history.List(name);

    /// <inheritdoc cref="ToolchainHistory.RollBack"/>
    public RolledBack RollBack(ToolchainName name, string? which)
    {
        RequireWritable();
        return history.RollBack(name, which);
    }

    /// <inheritdoc cref="ToolchainHistory.Keep"/>
    public Generation Keep(ToolchainName name, string? which, string? keptAs)
    {
        RequireWritable();
        return history.Keep(name, which, keptAs);
    }

    /// <inheritdoc cref="ToolchainHistory.Undo"/>
    public UndoneOperations Undo(string? operationId)
    {
        RequireWritable();
        return history.Undo(operationId);
    }

    /// <inheritdoc cref="ToolchainHistory.ListOperations"/>
    public IReadOnlyList<Operation> ListOperations(int count) => history.ListOperations(count);

    public void SetSetting(string key, string? value) => ChangeSettings(
        "set", session => session.Settings.Set(key, value));

    /// <summary>Makes a toolchain the default one where there is none yet; false if there is.</summary>
    public bool TrySetDefaultToolchain(string name)
    {
        // Asked first, because nearly always there is one, and a question costs no commit.
        if (DefaultToolchain is not null)
        {
            return false;
        }
        var isSet = false;
        ChangeSettings("default", session =>
        {
            isSet = session.Settings.Find(SettingKeys.DefaultToolchain) is null;
            if (isSet)
            {
                session.Settings.Set(SettingKeys.DefaultToolchain, name);
            }
        });
        return isSet;
    }

    public void SetOverride(string path, string toolchain) => ChangeSettings(
        "override-set", session => session.Overrides.Set(path, toolchain));

    /// <summary>Removes overrides; returns those that were there.</summary>
    public IReadOnlyList<string> RemoveOverrides(IReadOnlyList<string> paths)
    {
        List<string> removed = [];
        ChangeSettings("override-unset", session => removed = [.. paths.Where(session.Overrides.Delete)]);
        return removed;
    }

    public IReadOnlyList<OverrideRow> ListOverrides() => journal.LookUp(query => query.ListOverrides());

    /// <summary>When documentation is unpacked.</summary>
    public DocumentationMode DocumentationMode => journal.Read(DocumentationModeText.Read);

    /// <summary>What waits to be unpacked.</summary>
    public IReadOnlyList<DeferredRow> ListWaiting() => journal.Read(session => session.Deferred.ListWaiting());

    /// <summary>What of a toolchain waits to be unpacked.</summary>
    public IReadOnlyList<DeferredRow> ListWaiting(ToolchainName name) => journal.Read(session =>
        session.Toolchains.Find(name.Text) is { TreeId: { } tree } ? session.Deferred.ListOfTree(tree) : []);

    /// <summary>What waits to be unpacked and nobody is at it.</summary>
    public IReadOnlyList<DeferredRow> ListUnattended() => journal.Read(session =>
        session.Deferred.ListWaiting().Where(row => !DeferredUnpacker.IsRunning(machine, Layout, session, row.ComponentId)).ToList());

    /// <summary>Unpacks what waits, or waits for whoever is at it.</summary>
    public void Unpack(IReadOnlyList<DeferredRow> waiting)
    {
        RequireWritable();
        foreach (var row in waiting.Where(row => !unpacker.TryUnpack(row)))
        {
            foreach (var name in ListNamesWaitingFor(row.ComponentId))
            {
                changes.Recompose(name);
            }
            views.Refresh();
        }
    }

    private IReadOnlyList<ToolchainName.Official> ListNamesWaitingFor(string componentId) => journal.Read(session =>
        session.Toolchains.List()
            .Where(row => row.TreeId is { } tree && session.Deferred.ListOfTree(tree).Any(part => part.ComponentId == componentId))
            .Select(row => ToolchainName.TryParse(row.Name)).OfType<ToolchainName.Official>().ToList());

    /// <summary>Whether this user may change the store, so that only looking needs no other way.</summary>
    public static bool MayBeChanged(StoreOptions options) =>
        ForeignHome.FindUnwritable(options.Machine, new StoreLayout(options.RustupHome)) is null;

    /// <summary>Deletes what nobody needs; of a store opened for reading it only says what that is.</summary>
    public IReadOnlyList<CollectedItem> Collect(CollectionOptions collection)
    {
        Invariant.Hold(isWritable || collection.IsDryRun, "a store opened for reading is not changed");
        try
        {
            var asked = collection with { Command = options.Command };
            return asked.UnusedFor is { } unusedFor
                ? CollectWithUnused(asked, unusedFor)
                : new GarbageCollector(machine, Layout, journal, asked, options.Reporter).Collect();
        }
        finally
        {
            if (isWritable)
            {
                new Ballast(machine, Layout, BallastBytes).Restore();
            }
        }
    }

    /// <summary>What a collection would delete and what it would keep; null if this user may not collect here.</summary>
    public IReadOnlyList<CollectedItem>? PreviewCollection(CollectionOptions collection)
    {
        try
        {
            return new GarbageCollector(machine, Layout, journal, collection with { IsDryRun = true }, Reporter.Silent).Collect();
        }
        catch (FileSystemException refused)
            when (refused.Error is FileSystemError.AccessDenied or FileSystemError.ReadOnly)
        {
            return null;
        }
    }

    /// <summary>
    /// Whether it is time for a collection that nobody asks for. Of several commands one is told so, and the first one of a
    /// store is not.
    /// </summary>
    public bool ClaimDailyCollection()
    {
        RequireWritable();
        if (!journal.Read(IsCollectionDue))
        {
            return false;
        }
        return journal.Write(session =>
        {
            var isFirst = session.Store.Find(StoreTable.CollectionStartedAt) is null;
            var isDue = IsCollectionDue(session);
            if (isDue)
            {
                session.Store.Set(StoreTable.CollectionStartedAt, Now().ToString(CultureInfo.InvariantCulture));
            }
            return isDue && !isFirst;
        });
    }

    // A clock that was set back does not put it off for longer than the interval.
    private bool IsCollectionDue(JournalSession session) =>
        !long.TryParse(session.Store.Find(StoreTable.CollectionStartedAt), CultureInfo.InvariantCulture, out var last)
        || Math.Abs(Now() - last) >= CollectionInterval.TotalMilliseconds;

    private IReadOnlyList<CollectedItem> CollectWithUnused(CollectionOptions collection, TimeSpan unusedFor)
    {
        if (new UnusedToolchains(machine, Layout, journal).Find(unusedFor) is not { } unused)
        {
            options.Reporter.Warn(
                $"the file system of '{Layout.Trees}' does not tell when files are used, so no toolchain is taken for unused");
            return new GarbageCollector(machine, Layout, journal, collection, options.Reporter).Collect();
        }
        var items = unused.Select(toolchain => new CollectedItem(
            "toolchain",
            toolchain.Name,
            $"was last used on {DateTimeOffset.FromUnixTimeMilliseconds(toolchain.LastUsedAt):yyyy-MM-dd}"
                + (toolchain.KeptBecause is { } reason ? $", but {reason}" : ""),
            0,
            IsKept: toolchain.KeptBecause is not null)).ToList();
        var going = unused.Where(toolchain => toolchain.KeptBecause is null).ToList();
        if (collection.IsDryRun)
        {
            collection = collection with { UnusedNames = [.. going.Select(toolchain => toolchain.Name)] };
        }
        else
        {
            foreach (var toolchain in going)
            {
                Uninstall(ToolchainName.TryParse(toolchain.Name)!, toolchain.GenerationId);
            }
        }
        return [.. items, .. new GarbageCollector(machine, Layout, journal, collection, options.Reporter).Collect()];
    }

    /// <summary>
    /// Leaves what running toolchains needs and nothing else, for an image that nobody writes: waiting documentation is unpacked,
    /// what no name needs is deleted, and the journal is one file without a log.
    /// </summary>
    /// <remarks>
    /// Crash: each step is complete by itself, and running it again does the rest. Who writes this store later makes what writers need anew.
    /// </remarks>
    /// <exception cref="StoreException">Busy: somebody else has the journal open.</exception>
    public IReadOnlyList<CollectedItem> Freeze()
    {
        using var volume = machine.Files.OpenVolume(Layout.Root);
        Unpack(ListWaiting());
        var deleted = Collect(new CollectionOptions { UnnamedOlderThan = TimeSpan.Zero, KeepGenerations = 0 });
        ConvertJournal(JournalMode.Rollback);
        new Ballast(machine, Layout, BallastBytes).GiveUp();
        volume.Sync();
        return deleted;
    }

    /// <summary>Gives the journal another mode; see <see cref="JournalDatabase.Convert"/>.</summary>
    public void ConvertJournal(JournalMode mode)
    {
        RequireWritable();
        journal.Convert(mode);
    }

    /// <summary>Compares rows, paths and listings, with <paramref name="readsContents"/> every byte too.</summary>
    public IReadOnlyList<Finding> Verify(bool readsContents)
    {
        var findings = new Verifier(machine, Layout, journal).Verify(readsContents);
        return findings.Any(finding => finding.Kind == FindingKind.Journal)
            ? findings
            : [.. findings, .. settings.Verify(), .. new ToolchainRecords(machine, Layout, journal).Verify()];
    }

    /// <summary>Replaces what a verification found damaged; returns those findings that are as they were, and why.</summary>
    public IReadOnlyDictionary<string, string> Repair(IReadOnlyList<Finding> findings)
    {
        RequireWritable();
        return new Repairer(machine, journal, changes, unpacker, views).Repair(findings);
    }

    public StoreStatus ReadStatus() => StoreStatus.Read(machine, Layout, journal, Catalog);

    /// <summary>Holds what a toolchain is now, so that it stays while we run from it.</summary>
    /// <param name="location">Where it was when it was looked up; a name that moved on meanwhile is looked up again.</param>
    /// <returns>Null if the name is gone.</returns>
    /// <exception cref="StoreException">Busy: the name moved each time.</exception>
    public HeldToolchain? Hold(ToolchainLocation location)
    {
        if (location is not ToolchainLocation.Stored { Name: var name })
        {
            return new HeldToolchain(location, lease: null);
        }
        return journal.LookUp(query => Hold(query, name));
    }

    private HeldToolchain? Hold(SelectionQuery query, string name)
    {
        var holder = new TreeHolder(machine, Layout, query, inherited: null);
        ToolchainLocation.Stored? unheld = null;
        for (var lookup = 0; lookup < TreeHolder.LookupsMax; lookup++)
        {
            switch (ToolchainLocation.Find(machine.Files, Layout, query.FindToolchain(name), name))
            {
                case null:
                    return null;
                case ToolchainLocation.Stored current:
                    if (holder.TryHold(current) is { } lease)
                    {
                        return new HeldToolchain(current, lease);
                    }
                    unheld = current;
                    query.StartNewSnapshot();
                    break;
                case { } elsewhere:
                    return new HeldToolchain(elsewhere, lease: null);
            }
        }
        throw TreeHolder.NotHeld(machine.Files, $"toolchain '{name}'", unheld);
    }

    public void Dispose()
    {
        journal.Dispose();
        sharing?.Dispose();
    }

    private void Recover()
    {
        foreach (var operation in new Recovery(machine, Layout, journal).Run())
        {
            options.Reporter.Debug($"{operation.Describe()} did not finish; what it prepared is thrown away");
        }
        settings.Import();
        settings.Export();
        views.Refresh();
        new Ballast(machine, Layout, BallastBytes).Restore();
    }

    private void ChangeSettings(string kind, Action<JournalSession> change)
    {
        RequireWritable();
        journal.Write(session =>
        {
            RecordInstant(session, kind);
            // Before what is pending is replaced: a text that a killed export left would look like an edit afterwards.
            settings.Absorb(session);
            change(session);
            SettingsView.MarkPending(session);
        });
        settings.Export();
    }

    /// <summary>The row of an operation that begins and ends within one transaction.</summary>
    private string RecordInstant(JournalSession session, string kind) =>
        RunningOperation.RecordInstant(session, machine, kind, options.Command);

    private Selector CreateSelector(SelectionQuery query) => new(
        machine.Files,
        SelectionFacts.Of(query, machine.Files, Layout, options.FindFallbackDefault, options.DetectedHost),
        options.Reporter);

    /// <summary>Whoever changes a toolchain that another rustup installed gets one of the store first: trees never change.</summary>
    private void AdoptIfForeign(ToolchainName.Official name)
    {
        RequireWritable();
        if (FindForeign(name) is not null)
        {
            options.Reporter.Info($"adopting {name.Text}, which another rustup installed");
            Adopt(name);
        }
    }

    private RustupInstallation? FindForeign(ToolchainName.Official name) =>
        journal.LookUp(query => query.FindToolchain(name.Text)) is null
            ? RustupInstallation.TryRead(machine.Files, Layout.ToolchainView(name.Text))
            : null;

    private void RequireWritable() =>
        Invariant.Hold(isWritable, "a store opened for reading is not changed");

    private long Now() => machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
}

/// <summary>The installed version of a toolchain and the one that the server has, if it is another.</summary>
public sealed record UpdateCheck(string? Installed, string? Available);

/// <summary>What a toolchain's release offers, and what of it is installed.</summary>
public sealed record ToolchainComponents(IReadOnlyList<OfferedComponentRow> Offered, IReadOnlyList<Component> Installed);
