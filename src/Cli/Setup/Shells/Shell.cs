namespace ToolchainStore.Cli.Setup.Shells;

/// <summary>
/// A shell that can be made to find <c>$CARGO_HOME/bin</c>: by a script in CARGO_HOME, and a line in its profiles that
/// reads the script. What each of them says is what rustup 1.29.0 writes, byte for byte.
/// </summary>
internal abstract class Shell(ShellSurroundings surroundings)
{
    /// <summary>In the order in which profiles are named to people.</summary>
    internal static IReadOnlyList<Shell> ListAll(ShellSurroundings surroundings) =>
    [
        new PosixShell(surroundings),
        new Bash(surroundings),
        new Zsh(surroundings),
        new Fish(surroundings),
        new Nushell(surroundings),
        new Tcsh(surroundings),
        new PowerShell(surroundings),
        new Xonsh(surroundings),
    ];

    /// <summary>Whether this user seems to use it.</summary>
    internal abstract bool IsPresent { get; }

    /// <summary>Every file that may have got the line, here or by another rustup.</summary>
    internal abstract IReadOnlyList<string> KnownProfiles { get; }

    /// <summary>The files that shall have the line.</summary>
    internal virtual IReadOnlyList<string> WantedProfiles => [KnownProfiles[0]];

    /// <summary>The files that old versions of rustup changed, in another way.</summary>
    internal virtual IReadOnlyList<string> LegacyProfiles => [];

    /// <summary>Of the script in CARGO_HOME.</summary>
    internal abstract string ScriptName { get; }

    internal string Script => FormatScript(Path.Combine(ShownCargoHome, "bin"));

    /// <summary>What a profile says to read the script.</summary>
    internal string Line => $"{SourceCommand} \"{ShownCargoHome}/{ScriptName}\"";

    protected ShellSurroundings Surroundings { get; } = surroundings;

    protected virtual string SourceCommand => "source";

    /// <summary>How the shell writes the home directory, so that a profile can be shared between machines.</summary>
    protected virtual string ShownHome => "$HOME";

    protected abstract string FormatScript(string bin);

    private string ShownCargoHome => Surroundings.ShowCargoHome(ShownHome);

    protected string InHome(params string[] path) => Path.Combine([Surroundings.HomeDirectory, .. path]);

    /// <summary>In XDG_CONFIG_HOME, if it is set, and in ~/.config.</summary>
    protected IReadOnlyList<string> InConfiguration(params string[] path) =>
        Surroundings.Read("XDG_CONFIG_HOME") is { } configuration
            ? [Path.Combine([configuration, .. path]), InHome([".config", .. path])]
            : [InHome([".config", .. path])];

    /// <summary>The first that is there; else the first, to be created.</summary>
    protected IReadOnlyList<string> FirstExisting() =>
        [KnownProfiles.FirstOrDefault(Surroundings.IsFile) ?? KnownProfiles[0]];
}
