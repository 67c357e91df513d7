using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>A toolchain that a command works with, and why it is this one.</summary>
internal sealed record ChosenToolchain(ToolchainReference Reference, ToolchainLocation Location, SelectionReason? Reason);

/// <summary>What verbs work with: the user's homes, the store opened when first needed, the active toolchain.</summary>
internal sealed class Workspace : IDisposable
{
    // A proxy's caller waits, and there is another way.
    private static readonly TimeSpan RefreshDeadline = TimeSpan.FromSeconds(1);

    private readonly CommandContext context;
    private readonly StoreOptions options;
    private LocalStore? store;
    private bool isWritable;

    internal Workspace(CommandContext context)
    {
        this.context = context;
        Homes = UserHomes.FromEnvironment();
        Reporter = new TerminalReporter(context);
        options = CommandEnvironment.CreateOptions(Homes, Reporter);
        if (context.Messages.Threshold == MessageLevel.Trace)
        {
            options.Machine.Trace = Reporter.Trace;
        }
    }

    /// <summary>Whether the end of this command may begin another one in the background.</summary>
    internal bool StartsBackgroundWork { get; init; } = true;

    internal UserHomes Homes { get; }

    internal TerminalReporter Reporter { get; }

    internal TextWriter Output => context.Output;

    internal IFileSystem Files => options.Machine.Files;

    /// <summary>The host this program runs on, whatever the default host is.</summary>
    internal string DetectedHost => options.DetectedHost;

    /// <summary>For what locks without opening the store.</summary>
    internal JournalPatience Patience => options.JournalPatience;

    /// <summary>The store for questions; made if there is none yet.</summary>
    internal LocalStore Reading => store ??= RequireHost(LocalStore.OpenForReading(options));

    /// <summary>The store for changes.</summary>
    internal LocalStore Writing => OpenWritable(LocalStore.OpenForWriting);

    /// <summary>The store for changes that give space back, which work on a full disk.</summary>
    internal LocalStore Freeing => OpenWritable(LocalStore.OpenForFreeing);

    /// <summary>As <see cref="Freeing"/>; of a store that this user may not change, the store for questions.</summary>
    internal LocalStore FreeingIfPermitted => LocalStore.MayBeChanged(options) ? Freeing : Reading;

    /// <summary>For a store that may be too damaged to be opened.</summary>
    internal StoreRepair Repair => new(options);

    /// <summary>Where releases of this program are.</summary>
    internal ProgramReleases OpenReleases(string root) => new(options.Machine, root, options.IdleTimeout, Reporter);

    /// <summary>
    /// Brings the journal in line with settings.toml for a proxy, which reads the file itself where that cannot be done
    /// now: while another writer hangs, or on a full disk. The next writer does it then.
    /// </summary>
    internal void Refresh()
    {
        try
        {
            store = LocalStore.OpenForReading(options with { JournalDeadline = RefreshDeadline });
        }
        catch (StoreException refused) when (Files.Exists(new StoreLayout(Homes.RustupHome).Journal)
            && (refused.Kind == StoreErrorKind.Busy || refused is FileSystemException { Error: FileSystemError.NoSpace }))
        {
            Reporter.Debug($"settings.toml was not imported: {refused.Message}");
        }
    }

    internal bool IsAutoInstallAllowed => CommandEnvironment.Read("RUSTUP_AUTO_INSTALL") is { } variable
        ? variable != "0"
        : AutoInstallText.TryParse(Reading.FindSetting(SettingKeys.AutoInstall)) != false;

    internal Profile Profile =>
        ProfileText.TryParse(Reading.FindSetting(SettingKeys.Profile) ?? "") ?? Distribution.Profile.Default;

    internal ToolchainName.Official ResolveOfficial(string text) =>
        RequestedToolchain.ParseOfficial(text).Resolve(Reading.DefaultHost);

    /// <summary>The name that an argument means here, of whatever kind.</summary>
    internal ToolchainName ResolveName(string text) =>
        Reading.Resolve(RequestedToolchain.ParseOfficialOrCustom(text)) is ToolchainReference.Named named
            ? named.Name
            : throw new StoreException(StoreErrorKind.Usage, $"invalid toolchain name: '{text}'");

    /// <summary>The active toolchain as selected, whether installed or not; null if there is none.</summary>
    internal Selection? FindSelection()
    {
        var selection = Reading.Select(Environment.CurrentDirectory, context.ToolchainOverride, ToolEnvironment.ReadToolchain());
        Reporter.Debug(selection is null ? "no toolchain is selected" : $"toolchain '{selection.Toolchain.Text}': {selection.Reason.Description}");
        return selection;
    }

    /// <summary>As <see cref="FindSelection"/>, but what is wrong with it is nobody's error: for marks in lists.</summary>
    internal Selection? TryFindSelection()
    {
        try
        {
            return FindSelection();
        }
        catch (StoreException)
        {
            // A list must be shown also where a toolchain file is broken.
            return null;
        }
    }

    /// <summary>
    /// The active toolchain as lists mark it: a name that is there. A broken toolchain file, a path, or a download that
    /// fails leave a list without a mark instead of failing it.
    /// </summary>
    internal Selection? FindActive() => IfNamedAndThere(TryFindSelection());

    /// <summary>As <see cref="FindActive"/>, after installing it where that is permitted.</summary>
    internal Selection? EnsureActive()
    {
        var selection = TryFindSelection();
        if (selection is not { Toolchain: ToolchainReference.Named { Name: ToolchainName.Official name } })
        {
            return IfNamedAndThere(selection);
        }
        if (!IsAutoInstallAllowed)
        {
            return Locate(selection.Toolchain) is null ? throw NotInstalled(selection.Toolchain, isActive: true) : selection;
        }
        try
        {
            EnsureInstalled(name, selection);
        }
        catch (StoreException)
        {
            // What is installed must be shown also where the active one cannot be had.
            return null;
        }
        return IfNamedAndThere(selection);
    }

    internal ToolchainLocation? Locate(ToolchainReference reference) => reference switch
    {
        ToolchainReference.Named named => Existing(Reading.Catalog.Find(named.Name)?.Location),
        ToolchainReference.AtPath path => new ToolchainLocation.Elsewhere(path.Path),
        _ => null,
    };

    /// <summary>What people are shown of a toolchain: the path below toolchains/, not the tree.</summary>
    internal string ShownPath(ToolchainReference reference) => reference switch
    {
        ToolchainReference.Named named => Reading.Layout.ToolchainView(named.Name.Text),
        _ => reference.Text,
    };

    /// <summary>The toolchain named by an option, or the active one; installed if it may be.</summary>
    internal ChosenToolchain RequireToolchain(string? named) => named is null
        ? RequireActive()
        : RequireNamed(RequestedToolchain.ParseOfficialOrCustom(named));

    /// <summary>The active toolchain, installed with what its toolchain file lists where that is permitted.</summary>
    internal ChosenToolchain RequireActive()
    {
        var selection = FindSelection() ?? throw NothingSelected();
        if (selection.Toolchain is ToolchainReference.Named { Name: ToolchainName.Official name } && IsAutoInstallAllowed)
        {
            EnsureInstalled(name, selection);
        }
        return Locate(selection.Toolchain) is { } location
            ? new ChosenToolchain(selection.Toolchain, location, selection.Reason)
            : throw NotInstalled(selection);
    }

    internal ChosenToolchain RequireNamed(RequestedToolchain requested)
    {
        var reference = Reading.Resolve(requested);
        if (reference is ToolchainReference.Named { Name: ToolchainName.Official name }
            && Locate(reference) is null
            && IsAutoInstallAllowed)
        {
            Writing.Follow(new FollowRequest { Name = name, Profile = Profile, IsForced = true, MayUpdate = false });
        }
        return Locate(reference) is { } location
            ? new ChosenToolchain(reference, location, Reason: null)
            : throw NotInstalled(reference, isActive: false);
    }

    /// <summary>Installs a toolchain that is missing, or what of a toolchain file it lacks. True if it was installed.</summary>
    internal bool EnsureInstalled(ToolchainName.Official name, Selection selection)
    {
        var location = Reading.Catalog.Find(name)?.Location;
        if (location is null)
        {
            var outcome = Writing.Follow(new FollowRequest
            {
                Name = name,
                Profile = selection.Profile ?? Profile,
                Components = selection.Components,
                Targets = selection.Targets,
                // Whoever names a toolchain for one command takes it as it is; a project says what it needs.
                IsForced = selection.Reason is SelectionReason.CommandLine,
                MayUpdate = false,
            });
            if (outcome == InstallOutcome.Unchanged)
            {
                // Another command installed it meanwhile, perhaps with less.
                AddMissing(name, selection);
            }
            return true;
        }
        if (location is ToolchainLocation.Stored || Reading.IsAdoptable(name))
        {
            AddMissing(name, selection);
        }
        return false;
    }

    /// <summary>The error for an active toolchain that is not there.</summary>
    private static StoreException NotInstalled(Selection selection) =>
        selection.Toolchain is ToolchainReference.Named { Name: ToolchainName.Official }
            ? NotInstalled(selection.Toolchain, isActive: true)
            : selection.NotInstalled();

    /// <summary>The error for a toolchain that is not there.</summary>
    internal static StoreException NotInstalled(ToolchainReference reference, bool isActive) => new(
        StoreErrorKind.NotFound,
        $"toolchain '{reference.Text}' is not installed"
        + (reference is ToolchainReference.Named { Name: ToolchainName.Official }
            ? $"\nhelp: run `rustup toolchain install{(isActive ? "" : " " + reference.Text)}` to install it"
            : ""));

    internal static StoreException NothingSelected() => new(
        StoreErrorKind.NotFound,
        "rustup could not choose a version of rustup to run, because one wasn't specified explicitly, and no default is configured."
        + "\nhelp: run 'rustup default stable' to download the latest stable release of Rust and set it as your default toolchain.");

    /// <summary>A toolchain of the store or of another rustup, for commands that change or list components; others have none.</summary>
    internal ToolchainName.Official RequireComponents(ChosenToolchain chosen) => chosen switch
    {
        { Reference: ToolchainReference.Named { Name: ToolchainName.Official name } } =>
            chosen.Location is ToolchainLocation.Stored || Reading.IsAdoptable(name)
                ? name
                : throw new StoreException(StoreErrorKind.NotFound, $"Missing manifest in toolchain '{name.Text}'"),
        _ => throw new StoreException(
            StoreErrorKind.Usage, $"toolchain '{chosen.Reference.Text}' does not support components"),
    };

    /// <summary>Before the store itself is removed.</summary>
    internal void CloseStore()
    {
        store?.Dispose();
        store = null;
        isWritable = false;
    }

    public void Dispose()
    {
        HandOnWhatWaits();
        CloseStore();
        Reporter.Dispose();
    }

    private void HandOnWhatWaits()
    {
        if (store is null || !isWritable || !StartsBackgroundWork)
        {
            return;
        }
        try
        {
            BackgroundUnpacking.StartIfNeeded(store);
        }
        catch (StoreException refused)
        {
            // What this command was asked to do is done; the next one tries again.
            Reporter.Debug($"documentation is not unpacked yet: {refused.Message}");
        }
    }

    /// <summary>Without a sound host no name means anything.</summary>
    private static LocalStore RequireHost(LocalStore opened)
    {
        try
        {
            TargetTriple.ParseHost(opened.DefaultHost);
            return opened;
        }
        catch (StoreException)
        {
            opened.Dispose();
            throw;
        }
    }

    private Selection? IfNamedAndThere(Selection? selection) =>
        selection is { Toolchain: ToolchainReference.Named named } && Locate(named) is not null ? selection : null;

    private LocalStore OpenWritable(Func<StoreOptions, LocalStore> open)
    {
        if (!isWritable)
        {
            store?.Dispose();
            store = null;
            store = RequireHost(open(options));
            isWritable = true;
        }
        return store!;
    }

    /// <summary>A link whose directory is gone is listed and can be removed, but is no toolchain to run.</summary>
    private ToolchainLocation? Existing(ToolchainLocation? location) =>
        location is ToolchainLocation.Elsewhere elsewhere && !Files.IsDirectory(elsewhere.Path) ? null : location;

    private void AddMissing(ToolchainName.Official name, Selection selection)
    {
        if ((selection.Components.Count == 0 && selection.Targets.Count == 0) || Reading.ReadBase(name).IsWholeRelease)
        {
            return;
        }
        var (offered, installed) = Reading.ReadComponents(name);
        List<Component> missing = [];
        foreach (var text in selection.Components)
        {
            if (FindOffered(offered, text, name.Host) is { } component)
            {
                missing.Add(component);
            }
            else
            {
                Reporter.Warn($"skipping unavailable component {text}");
            }
        }
        foreach (var target in selection.Targets)
        {
            if (offered.Any(row => row.Available && row.Package == "rust-std" && row.Target == target))
            {
                missing.Add(new Component("rust-std", target));
            }
            else
            {
                Reporter.Warn($"skipping unavailable component rust-std for target {target}");
            }
        }
        missing.RemoveAll(installed.Contains);
        if (missing.Count > 0)
        {
            Writing.ChangeComponents(new ComponentRequest(name, missing, []));
        }
    }

    private static Component? FindOffered(IReadOnlyList<OfferedComponentRow> offered, string text, string host)
    {
        var found = offered.FirstOrDefault(row => row.Available
            && (row.ShortName == text || row.Package == text || $"{row.Package}-{row.Target}" == text || $"{row.ShortName}-{row.Target}" == text)
            && (row.Target == host || row.Target == "*" || text.EndsWith(row.Target, StringComparison.Ordinal)));
        return found is null ? null : new Component(found.Package, found.Target == "*" ? null : found.Target);
    }
}
