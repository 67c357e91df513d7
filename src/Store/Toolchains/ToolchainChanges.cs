using ToolchainStore.Distribution;
using ToolchainStore.Journal;

namespace ToolchainStore.Toolchains;

/// <summary>
/// Plans what a request means for the state that is found, has it executed, and plans again when the state changed in
/// between: a request is a change of a set, so two at once both win.
/// </summary>
public sealed class ToolchainChanges(
    StoreOptions options, StoreLayout layout, JournalDatabase journal, DistributionServer server, ChannelSource channels)
{
    /// <summary>Each lost race means that another command succeeded, so so many in a row do not happen by chance.</summary>
    private const int PlansMax = 100;

    private static readonly DateOnly FirstNightly = new(2014, 12, 20);

    public InstallOutcome Follow(FollowRequest request)
    {
        var existed = ReadBase(request.Name.Text).Exists;
        using var work = new LazyInstaller(() => CreateInstaller(existed ? "update" : "install"));
        for (var attempt = 0; attempt < PlansMax; attempt++)
        {
            var @base = ReadBase(request.Name.Text);
            if (!@base.Exists && !request.MayCreate)
            {
                throw NotInstalled(request.Name);
            }
            if (@base.Exists && !request.MayUpdate)
            {
                return InstallOutcome.Unchanged;
            }
            if (PlanFollowing(request, @base, isRepeated: attempt > 0) is not { } plan)
            {
                return InstallOutcome.Unchanged;
            }
            Announce(plan);
            if (@base.IsMadeFrom(plan.Release.Digest) && !plan.Change.ChangesComponents)
            {
                return InstallOutcome.Unchanged;
            }
            if (work.Installer.TryExecute(plan))
            {
                work.Installer.DeleteArchives();
                // rustup knows no manifest of a whole release, so what follows one is new to it.
                return @base is { Exists: true, IsWholeRelease: false } ? InstallOutcome.Updated : InstallOutcome.Installed;
            }
        }
        throw TooManyRaces(request.Name);
    }

    /// <summary>False if there was nothing to do.</summary>
    public bool Change(ComponentRequest request)
    {
        var kind = request.Added.Count > 0 ? "component-add" : "component-remove";
        using var work = new LazyInstaller(() => CreateInstaller(kind));
        for (var attempt = 0; attempt < PlansMax; attempt++)
        {
            var (@base, release) = ReadInstalled(request.Name);
            var change = ChangePlan.Compute(
                release.Manifest, request.Name.Host, @base.Components, request.Added, request.Removed);
            foreach (var component in change.AlreadyPresent)
            {
                options.Reporter.Info(
                    $"component {release.Manifest.Describe(component, request.Name.Host)} is up to date");
            }
            if (change.Unavailable.Intersect(request.Added).Any())
            {
                throw Unavailable(request.Name, release.Manifest, change.Unavailable);
            }
            if (!change.ChangesComponents)
            {
                return false;
            }
            foreach (var component in change.Removed)
            {
                options.Reporter.Info($"removing component {release.Manifest.Describe(component, request.Name.Host)}");
            }
            if (work.Installer.TryExecute(new InstallPlan(request.Name, @base, release, change, Profile: null)))
            {
                work.Installer.DeleteArchives();
                return true;
            }
        }
        throw TooManyRaces(request.Name);
    }

    /// <summary>Makes a name what it was where it was exported; what is installed besides of the same release stays.</summary>
    /// <exception cref="StoreException">Corrupt: the export does not go together with its manifest.</exception>
    public ImportOutcome Import(ImportRequest request)
    {
        var manifest = request.Release.Manifest;
        var wanted = request.Toolchain.Components.Select(exported => exported.Component).ToList();
        using var work = new LazyInstaller(() => CreateInstaller("import"));
        for (var attempt = 0; attempt < PlansMax; attempt++)
        {
            var @base = ReadBase(request.Name.Text);
            var isSameRelease = @base.IsMadeFrom(request.Release.Digest);
            if (@base.Exists && !isSameRelease && !request.Replaces)
            {
                return ImportOutcome.Kept;
            }
            var change = ChangePlan.Compute(
                manifest, request.Name.Host, isSameRelease ? @base.Components : [], wanted, removals: []);
            if (change.Unavailable.Count > 0)
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt,
                    $"the manifest of the export does not offer {change.Unavailable[0].FullName}, which '{request.Name.Text}' has in it"
                    + "\nhelp: export it once more, from a store that `rustup store verify --contents` finds in order");
            }
            if (isSameRelease && !change.ChangesComponents)
            {
                return ImportOutcome.Unchanged;
            }
            var profile = request.Toolchain.Profile is { } text ? ProfileText.TryParse(text) : null;
            var plan = new InstallPlan(request.Name, @base, request.Release, change, @base.Exists ? null : profile)
            {
                Imported = request.Components,
            };
            if (work.Installer.TryExecute(plan))
            {
                return ImportOutcome.Imported;
            }
        }
        throw TooManyRaces(request.Name);
    }

    /// <summary>
    /// Gives a toolchain another tree of the same components: one of them was found not to be what its tree was composed for.
    /// </summary>
    public void Recompose(ToolchainName.Official name)
    {
        using var work = new LazyInstaller(() => CreateInstaller("recompose"));
        for (var attempt = 0; attempt < PlansMax; attempt++)
        {
            if (TryReadInstalled(name) is not var (@base, release))
            {
                return;
            }
            var change = ChangePlan.Compute(release.Manifest, name.Host, @base.Components, [], []);
            if (work.Installer.TryExecute(new InstallPlan(name, @base, release, change, Profile: null)))
            {
                work.Installer.DeleteArchives();
                return;
            }
        }
        throw TooManyRaces(name);
    }

    /// <summary>
    /// Gives a generation, current or not, a tree without damage, of the same components. Nothing happens if it is gone or
    /// whole by now.
    /// </summary>
    /// <exception cref="StoreException">What is damaged cannot be had.</exception>
    public void Repair(ToolchainName.Official name, long generationId)
    {
        using var work = new LazyInstaller(() => CreateInstaller("repair"));
        for (var attempt = 0; attempt < PlansMax; attempt++)
        {
            if (PlanRepair(name, generationId) is not { } plan)
            {
                return;
            }
            options.Reporter.Info($"repairing {name.Text}, generation {generationId}");
            if (work.Installer.TryExecute(plan))
            {
                work.Installer.DeleteArchives();
                return;
            }
        }
        throw TooManyRaces(name);
    }

    private InstallPlan? PlanRepair(ToolchainName.Official name, long generationId)
    {
        var found = journal.Read(session => session.Generations.Find(generationId) is { } generation
            && Repairer.FindDamage(session, generation.TreeId).Count > 0
                ? (Generation: generation, Manifest: session.Manifests.Find(generation.ManifestDigest),
                    Parts: session.Trees.ListParts(generation.TreeId))
                : default);
        if (found.Generation is null)
        {
            return null;
        }
        if (found.Manifest is null)
        {
            throw new StoreException(StoreErrorKind.NotFound, $"Missing manifest in toolchain '{name.Text}'");
        }
        var release = ChannelSource.Unpack(found.Manifest);
        List<Component> components = [.. found.Parts.Select(part => new Component(part.Package, part.Target))];
        if (components.FindAll(component => release.Manifest.FindTarget(component) is not { Archives.Count: > 0 }) is [var unknown, ..])
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"the manifest of '{name.Text}' names no archive of {unknown.FullName}"
                + $"\nhelp: uninstall and install '{name.Text}'");
        }
        var @base = new ToolchainBase(
            generationId, found.Generation.TreeId, Digest.Parse(found.Generation.ManifestDigest), components)
        {
            AnnouncedPrefix = found.Manifest.AnnouncedPrefix,
        };
        return new InstallPlan(name, @base, release, new ChangePlan(components, [], [], [], []), Profile: null)
        {
            IsRepair = true,
            Waiting = [.. found.Parts.Where(part => part.IsDeferred).Select(part => new Component(part.Package, part.Target))],
        };
    }

    /// <summary>An installed toolchain, and the release that it was made from.</summary>
    public (ToolchainBase Base, FetchedManifest Release) ReadInstalled(ToolchainName.Official name) =>
        // Another command may have uninstalled it since this one found it.
        TryReadInstalled(name) ?? throw NotInstalled(name);

    private (ToolchainBase Base, FetchedManifest Release)? TryReadInstalled(ToolchainName.Official name)
    {
        // At one moment: a manifest goes with the last generation that was made from it.
        var (@base, row) = journal.Read(session =>
        {
            var found = ReadBase(session, name.Text);
            return (found, found.Manifest is { } digest ? session.Manifests.Find(digest.Hex) : null);
        });
        if (!@base.Exists)
        {
            return null;
        }
        if (@base.IsWholeRelease)
        {
            throw WholeRelease.HasNoComponents(name.Text);
        }
        return row is null
            ? throw new StoreException(StoreErrorKind.NotFound, $"Missing manifest in toolchain '{name.Text}'")
            : (@base, ChannelSource.Unpack(row));
    }

    public ToolchainBase ReadBase(string name) => journal.Read(session => ReadBase(session, name));

    internal static ToolchainBase ReadBase(JournalSession session, string name)
    {
        var row = session.Toolchains.Find(name);
        if (row is not { GenerationId: not null, TreeId: not null, ManifestDigest: not null })
        {
            return new ToolchainBase(null, null, null, []);
        }
        var components = session.Trees.ListParts(row.TreeId)
            .Select(part => new Component(part.Package, part.Target)).ToList();
        return new ToolchainBase(row.GenerationId, row.TreeId, Digest.Parse(row.ManifestDigest), components)
        {
            AnnouncedPrefix = session.Manifests.FindAnnouncedPrefix(row.ManifestDigest),
            RestoredFrom = FindSetBack(session, name, row.GenerationId.Value),
        };
    }

    /// <summary>rustup's error for adding what a release does not offer.</summary>
    public static StoreException Unavailable(
        ToolchainName.Official name, ChannelManifest manifest, IReadOnlyList<Component> components) =>
        new UnavailableComponentsException(
            DescribeUnavailable(name, manifest, components)
            + (name.Channel == Channel.Nightly ? "\n" + NightlyNote : "\n"),
            components);

    private const string NightlyNote = "note: sometimes not all components are available in any given nightly";

    /// <summary>rustup's error for installing or updating to a release that lacks something, with its advice.</summary>
    private static StoreException NotInstallable(
        ToolchainName.Official name, ChannelManifest manifest, IReadOnlyList<Component> components) =>
        new UnavailableComponentsException(
            DescribeUnavailable(name, manifest, components) + "\n" + UnavailableAdvice(name), components);

    private static string DescribeUnavailable(
        ToolchainName.Official name, ChannelManifest manifest, IReadOnlyList<Component> components) =>
        components.Count == 1
            ? $"component {manifest.DescribeFully(components[0])} is unavailable for download for channel '{name.Release}'"
            : $"some components are unavailable for download for channel '{name.Release}': "
                + string.Join(", ", components.Select(manifest.DescribeFully));

    private static string UnavailableAdvice(ToolchainName.Official name)
    {
        if (name.Channel == Channel.Nightly)
        {
            return $"""
                {NightlyNote}
                help: if you don't need these components, you could try a minimal installation with:
                help:     rustup toolchain add {name.Release} --profile minimal
                help: if you require these components, please install and use the latest successfully built version,
                help: which you can find at <https://rust-lang.github.io/rustup-components-history>
                help: after determining the correct date, install it with a command such as:
                help:     rustup toolchain install nightly-2018-12-27
                help: then you can use the toolchain with commands such as:
                help:     cargo +nightly-2018-12-27 build
                """;
        }
        if (name.Channel.IsNumbered)
        {
            return "";
        }
        return $"""
            One or many components listed above might have been permanently removed from newer versions
            of the official Rust distribution due to deprecation.

            You can find the list of removed components at
            <https://rust-lang.github.io/rustup/devel/concepts/components.html#previous-components>.

            If you are updating an existing toolchain, after determining the deprecated component(s)
            and/or target(s) in question, please remove them with:

                rustup component remove --toolchain {name.Release} <COMPONENT>...
                rustup target remove --toolchain {name.Release} <TARGET>...

            After that, you should be able to continue with the update as usual.
            """;
    }

    /// <summary>Null if there is nothing to do.</summary>
    private InstallPlan? PlanFollowing(FollowRequest request, ToolchainBase @base, bool isRepeated)
    {
        options.Reporter.Info(server.MayBeAsked
            ? $"syncing channel updates for {request.Name.Text}"
            : $"looking for a release of {request.Name.Text} in the store");
        if (channels.FetchDigest(request.Name) is not { } announced)
        {
            return PlanWholeRelease(request, @base);
        }
        if (@base.IsMadeFrom(announced) && !request.HasExtras)
        {
            return null;
        }
        if (channels.Fetch(request.Name, announced) is not { } release)
        {
            return PlanWholeRelease(request, @base);
        }
        AnnounceRelease(release.Manifest);
        // A server that went back a day meanwhile does not undo what another command installed; extras it must have.
        if (isRepeated && !request.HasExtras && IsOlderThanInstalled(release.Manifest, @base) && !request.AllowsDowngrade)
        {
            return null;
        }
        return PlanFor(request, @base, release) is { } plan
            ? plan
            : Backtrack(request, @base, release);
    }

    /// <summary>Extras and profiles mean nothing to one. Null if it is installed already.</summary>
    private InstallPlan? PlanWholeRelease(FollowRequest request, ToolchainBase @base)
    {
        var release = channels.FetchWholeRelease(request.Name) ?? throw NoRelease(request.Name);
        if (@base is { Exists: true, IsWholeRelease: false })
        {
            throw new StoreException(
                StoreErrorKind.Corrupt, "the server unexpectedly provided an obsolete version of the distribution manifest");
        }
        return @base.Manifest == release.Digest
            ? null
            : new InstallPlan(
                request.Name, @base, release,
                ChangePlan.Fresh(release.Manifest, request.Name.Host, Profile.Default, []), request.Profile);
    }

    /// <summary>The plan for a release; null if it lacks components and an older one should be tried.</summary>
    private InstallPlan? PlanFor(FollowRequest request, ToolchainBase @base, FetchedManifest release)
    {
        var (plan, unavailable) = Examine(request, @base, release);
        if (unavailable.Count == 0)
        {
            return plan;
        }
        if (request.IsForced)
        {
            foreach (var component in unavailable)
            {
                options.Reporter.Warn(
                    $"skipping unavailable component {release.Manifest.Describe(component, request.Name.Host)}");
            }
            return plan;
        }
        return CanBacktrack(request.Name)
            ? null
            : throw NotInstallable(request.Name, release.Manifest, unavailable);
    }

    private (InstallPlan Plan, IReadOnlyList<Component> Unavailable) Examine(
        FollowRequest request, ToolchainBase @base, FetchedManifest release)
    {
        var manifest = release.Manifest;
        var host = request.Name.Host;
        if (manifest.FindRelease(host) is null)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"target '{host}' not found in channel.  Perhaps check https://doc.rust-lang.org/nightly/rustc/platform-support.html for available targets");
        }
        List<Component> extras =
        [
            .. request.Components.Select(text => manifest.Resolve(text, null, host) ?? new Component(text, host)),
            .. request.Targets.Select(target => new Component("rust-std", target)),
        ];
        var change = @base switch
        {
            { IsWholeRelease: true } => ChangePlan.Fresh(manifest, host, Profile.Default, extras),
            { Exists: true } => ChangePlan.Compute(manifest, host, @base.Components, extras, []),
            _ => ChangePlan.Fresh(manifest, host, request.Profile ?? Profile.Default, extras),
        };
        return (new InstallPlan(request.Name, @base, release, change, request.Profile), change.Unavailable);
    }

    private bool CanBacktrack(ToolchainName.Official name) =>
        name.Channel == Channel.Nightly && name.Date is null && server.MayBeAsked;

    /// <summary>Tries older nightlies until one has everything, but none older than what is installed.</summary>
    private InstallPlan? Backtrack(FollowRequest request, ToolchainBase @base, FetchedManifest newest)
    {
        var oldest = request.AllowsDowngrade || InstalledDate(@base) is not { } installed ? FirstNightly : installed;
        var release = newest;
        var incomplete = 0;
        var unavailable = Examine(request, @base, newest).Unavailable;
        var firstError = NotInstallable(request.Name, newest.Manifest, unavailable);
        for (var date = DateOnly.Parse(newest.Manifest.Date); ; )
        {
            AnnounceSkip(release.Manifest, request.Name, unavailable);
            if (++incomplete >= options.BacktrackLimit)
            {
                throw firstError;
            }
            if (FindOlderNightly(request.Name, ref date, oldest) is not { } older)
            {
                throw firstError;
            }
            if (@base.IsMadeFrom(older.Digest) && !request.HasExtras)
            {
                return null;
            }
            release = older;
            (var plan, unavailable) = Examine(request, @base, release);
            AnnounceRelease(release.Manifest);
            if (unavailable.Count == 0)
            {
                return plan;
            }
        }
    }

    /// <summary>The next older nightly that the server has; days without one do not count.</summary>
    private FetchedManifest? FindOlderNightly(ToolchainName.Official name, ref DateOnly date, DateOnly oldest)
    {
        const int MissingDaysMax = 366;
        for (var missing = 0; missing < MissingDaysMax; missing++)
        {
            date = date.AddDays(-1);
            if (date < oldest)
            {
                return null;
            }
            var dated = name with { Date = date.ToString("yyyy-MM-dd") };
            options.Reporter.Info($"syncing channel updates for {dated.Text}");
            if (channels.FetchDigest(dated) is { } digest && channels.Fetch(dated, digest) is { } release)
            {
                return release;
            }
        }
        return null;
    }

    private void AnnounceSkip(ChannelManifest manifest, ToolchainName.Official name, IReadOnlyList<Component> unavailable)
    {
        var names = string.Join(", ", unavailable.Select(component => manifest.Describe(component, name.Host)));
        options.Reporter.Info($"skipping nightly with missing component{(unavailable.Count == 1 ? "" : "s")}: {names}");
    }

    /// <summary>The generation that a name was set back to, if it had led to a later release.</summary>
    private static long? FindSetBack(JournalSession session, string name, long generationId) =>
        session.Generations.Find(generationId) is { RestoredFrom: { } origin } current
            && session.Generations.ListOf(name).Any(row => (row.RestoredFrom ?? row.GenerationId) > origin && row.ManifestDigest != current.ManifestDigest)
                ? origin
                : null;

    private void AnnounceRelease(ChannelManifest manifest) => options.Reporter.Info(manifest.RustVersion is { } version
        ? $"latest update on {manifest.Date} for version {version}"
        : $"latest update on {manifest.Date}, no version");

    private void Announce(InstallPlan plan)
    {
        var manifest = plan.Release.Manifest;
        if (plan.Base.RestoredFrom is { } generation && !plan.Base.IsMadeFrom(plan.Release.Digest))
        {
            options.Reporter.Info(
                $"{plan.Name.Text} had been set back to generation {generation}; it follows its channel again");
        }
        foreach (var component in plan.Change.AlreadyPresent)
        {
            options.Reporter.Info($"component {manifest.Describe(component, plan.Name.Host)} is up to date");
        }
        if (!plan.Base.IsMadeFrom(plan.Release.Digest) && !plan.Base.IsWholeRelease)
        {
            var replaced = plan.Base.Components.OrderBy(component => component.FullName, StringComparer.Ordinal);
            foreach (var component in replaced)
            {
                options.Reporter.Info(
                    $"removing previous version of component {manifest.Describe(component, plan.Name.Host)}");
            }
        }
    }

    private bool IsOlderThanInstalled(ChannelManifest manifest, ToolchainBase @base) =>
        InstalledDate(@base) is { } installed && DateOnly.Parse(manifest.Date) < installed;

    private DateOnly? InstalledDate(ToolchainBase @base) =>
        @base.Manifest is { } digest && journal.Read(session => session.Manifests.FindDate(digest.Hex)) is { Length: > 0 } date
            ? DateOnly.Parse(date)
            : null;

    private Installer CreateInstaller(string kind) => new(options, layout, journal, server, channels, kind);

    internal StoreException NoRelease(ToolchainName.Official name) => new(
        StoreErrorKind.NotFound,
        (name.Date is null && name.Channel.IsNumbered
            ? $"could not download nonexistent rust version `{name.Text}`"
            : $"no release found for '{name.Release}'")
        + (server.FindFault() ?? "\nhelp: a toolchain is a channel (`stable`), a version (`1.95.0`) or a dated channel (`nightly-2026-01-31`)"));

    internal static StoreException NotInstalled(ToolchainName.Official name) => new(
        StoreErrorKind.NotFound,
        $"toolchain '{name.Text}' is not installed"
        + $"\nhelp: run `rustup toolchain install {name.Text}` to install it");

    private static StoreException TooManyRaces(ToolchainName.Official name) => new(
        StoreErrorKind.Busy, $"toolchain '{name.Text}' was changed by others {PlansMax} times while this command planned"
        + "\nhelp: run the command again when nothing else changes it");

    /// <summary>Begins the operation only when there is something to do, and ends it in any case.</summary>
    private sealed class LazyInstaller(Func<Installer> create) : IDisposable
    {
        private Installer? installer;

        internal Installer Installer => installer ??= create();

        public void Dispose() => installer?.Dispose();
    }
}

/// <summary>A release does not offer what was asked for, or what is installed.</summary>
public sealed class UnavailableComponentsException(string message, IReadOnlyList<Component> components)
    : StoreException(StoreErrorKind.NotFound, message)
{
    public IReadOnlyList<Component> Components { get; } = components;
}
