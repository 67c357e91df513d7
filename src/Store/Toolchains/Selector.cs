using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>Why a toolchain is the active one. The id is what RUSTUP_TOOLCHAIN_SOURCE says.</summary>
public abstract record SelectionReason(string Id)
{
    /// <summary>As <c>rustup show</c> words it.</summary>
    public abstract string Description { get; }

    /// <summary>The subject of the error when the selected toolchain is not installed.</summary>
    public abstract string UninstalledDescription { get; }

    public sealed record CommandLine() : SelectionReason("cli")
    {
        public override string Description => "overridden by +toolchain on the command line";

        public override string UninstalledDescription =>
            "the +toolchain on the command line specifies an uninstalled toolchain";
    }

    public sealed record EnvironmentVariable() : SelectionReason("env")
    {
        public override string Description => "overridden by environment variable RUSTUP_TOOLCHAIN";

        public override string UninstalledDescription =>
            "the RUSTUP_TOOLCHAIN environment variable specifies an uninstalled toolchain";
    }

    public sealed record DirectoryOverride(string Directory) : SelectionReason("path-override")
    {
        public override string Description => $"directory override for '{Directory}'";

        public override string UninstalledDescription =>
            $"the directory override for '{Directory}' specifies an uninstalled toolchain";
    }

    public sealed record File(string Path) : SelectionReason("toolchain-file")
    {
        public override string Description => $"overridden by '{Path}'";

        public override string UninstalledDescription =>
            $"the toolchain file at '{Path}' specifies an uninstalled toolchain";
    }

    public sealed record Default() : SelectionReason("default")
    {
        public override string Description => "it's the default toolchain";

        public override string UninstalledDescription =>
            "the default toolchain does not describe an installed toolchain";
    }
}

/// <summary>A toolchain that tools can be run from: a name, or an absolute path.</summary>
public abstract record ToolchainReference
{
    private ToolchainReference()
    {
    }

    /// <summary>What users are shown and RUSTUP_TOOLCHAIN carries.</summary>
    public abstract string Text { get; }

    public sealed record Named(ToolchainName Name) : ToolchainReference
    {
        public override string Text => Name.Text;
    }

    public sealed record AtPath(string Path) : ToolchainReference
    {
        public override string Text => Path;
    }
}

/// <summary>The toolchain that a command uses here, why, and what the toolchain file asks of it.</summary>
public sealed record Selection(
    ToolchainReference Toolchain,
    SelectionReason Reason,
    IReadOnlyList<string> Components,
    IReadOnlyList<string> Targets,
    Profile? Profile)
{
    /// <summary>The error for a selected toolchain that is not there, with who selected it.</summary>
    public StoreException NotInstalled() => new(
        StoreErrorKind.NotFound,
        $"override toolchain '{Toolchain.Text}' is not installed",
        new StoreException(StoreErrorKind.NotFound, Reason.UninstalledDescription));
}

/// <summary>What selection asks the settings: from the journal, or from the file where there is no journal.</summary>
public sealed record SelectionFacts(
    Func<string, string?> FindOverride,
    Func<string?> FindDefaultToolchain,
    string DefaultHost,
    Func<string, ToolchainLocation?> Locate)
{
    /// <summary>Facts of the journal; each lookup is by primary key.</summary>
    public static SelectionFacts Of(
        SelectionQuery query, IFileSystem files, StoreLayout layout, Func<string?> findFallbackDefault, string detectedHost) =>
        new(
            query.FindOverride,
            () => query.FindSetting(SettingKeys.DefaultToolchain) ?? findFallbackDefault(),
            query.FindSetting(SettingKeys.DefaultHost) ?? detectedHost,
            name => ToolchainLocation.Find(files, layout, query.FindToolchain(name), name));

    /// <summary>Facts of settings.toml and of what lies in toolchains/, for homes whose journal cannot be brought up to date.</summary>
    public static SelectionFacts Of(
        Settings settings, SelectionQuery? query, IFileSystem files, StoreLayout layout, Func<string?> findFallbackDefault,
        string detectedHost) =>
        new(
            directory => settings.Overrides.GetValueOrDefault(directory),
            () => settings.DefaultToolchain ?? findFallbackDefault(),
            settings.DefaultHost ?? detectedHost,
            name => ToolchainLocation.Find(files, layout, query?.FindToolchain(name), name));
}

/// <summary>
/// Which toolchain is active in a directory: +toolchain, RUSTUP_TOOLCHAIN, the nearest directory with an override or a
/// toolchain file, the default. Reads at most two small files per directory and parses no manifest.
/// </summary>
public sealed class Selector(IFileSystem files, SelectionFacts facts, Reporter reporter)
{
    /// <summary>Null if nothing is selected and there is no default.</summary>
    public Selection? Select(string directory, string? plusToolchain, string? environmentToolchain)
    {
        // Both are parsed although one wins: rustup reports a malformed variable in any case.
        var ofCommandLine = ResolveGiven(plusToolchain, new SelectionReason.CommandLine());
        var ofEnvironment = ResolveGiven(environmentToolchain, new SelectionReason.EnvironmentVariable());
        return ofCommandLine ?? ofEnvironment ?? SelectByDirectory(directory) ?? SelectDefault();
    }

    /// <summary>The reference that a request means on this host.</summary>
    public ToolchainReference Resolve(RequestedToolchain requested) => requested switch
    {
        RequestedToolchain.Official official =>
            new ToolchainReference.Named(official.Name.Resolve(facts.DefaultHost)),
        RequestedToolchain.Custom custom => new ToolchainReference.Named(custom.Name),
        RequestedToolchain.AtPath path => new ToolchainReference.AtPath(RequireToolchainDirectory(path.Path)),
        _ => throw new StoreException(StoreErrorKind.Usage, "invalid toolchain name: 'none'"),
    };

    private Selection? ResolveGiven(string? toolchain, SelectionReason reason) =>
        toolchain is null ? null : Plain(RequestedToolchain.ParseOfficialCustomOrPath(toolchain), reason);

    private Selection Plain(RequestedToolchain requested, SelectionReason reason) =>
        new(Resolve(requested), reason, [], [], null);

    private Selection? SelectByDirectory(string start)
    {
        // Above a directory without links in its path there are none either.
        var isCanonical = files.Canonicalize(start) == start;
        for (var directory = start; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            var canonical = isCanonical ? directory : files.Canonicalize(directory) ?? directory;
            if (facts.FindOverride(canonical) is { } name)
            {
                return Plain(
                    RequestedToolchain.ParseOfficialCustomOrPath(name), new SelectionReason.DirectoryOverride(canonical));
            }
            if (TrySelectByFile(directory) is { } selected)
            {
                return selected;
            }
        }
        return null;
    }

    private Selection? TrySelectByFile(string directory)
    {
        var olderPath = Path.Combine(directory, ToolchainFile.OlderFileName);
        var newerPath = Path.Combine(directory, ToolchainFile.FileName);
        var older = files.TryReadUtf8(olderPath);
        var newer = files.TryReadUtf8(newerPath);
        if (older is not null && newer is not null)
        {
            var used = files.Canonicalize(olderPath) ?? olderPath;
            reporter.Warn($"both {used} and {files.Canonicalize(newerPath) ?? newerPath} exist; using contents of {used}");
        }
        if ((older ?? newer) is not { } text)
        {
            return null;
        }
        var path = older is not null ? olderPath : newerPath;
        var file = ToolchainFile.Parse(text, path);
        return new Selection(
            ResolveFile(file, path), new SelectionReason.File(path), file.Components, file.Targets, file.Profile);
    }

    private ToolchainReference ResolveFile(ToolchainFile file, string path) => file.Toolchain switch
    {
        null => SelectDefault()?.Toolchain ?? throw new StoreException(
            StoreErrorKind.NotFound,
            $"no default toolchain is configured, and '{path}' names none"
            + "\nhelp: run `rustup default stable`, or give the file a channel"),
        RequestedToolchain.Official { Name: { HasHost: true } name }
            when facts.Locate(name.Text) is null => throw new StoreException(
                StoreErrorKind.Usage, $"target tuple in channel name '{name.Text}'"),
        RequestedToolchain.Custom custom when facts.Locate(custom.Name.Text) is null => throw new StoreException(
            StoreErrorKind.NotFound,
            $"custom toolchain '{custom.Name.Text}' specified in override file '{path}' is not installed"),
        var toolchain => Resolve(toolchain),
    };

    private Selection? SelectDefault() =>
        facts.FindDefaultToolchain() is { } name && RequestedToolchain.TryParseOfficialOrCustom(name) is { } requested
            ? Plain(requested, new SelectionReason.Default())
            : null;

    private string RequireToolchainDirectory(string path) => files.IsDirectory(Path.Combine(path, "bin"))
        ? path
        : throw new StoreException(
            StoreErrorKind.Usage, $"invalid toolchain: the path '{path}' has no bin/ directory");
}
