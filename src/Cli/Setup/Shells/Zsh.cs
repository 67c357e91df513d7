namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>zsh</c>, whose profiles are where ZDOTDIR says.</summary>
internal sealed class Zsh(ShellSurroundings surroundings) : PosixShell(surroundings)
{
    // Asking starts a process.
    private readonly Lazy<string?> profileDirectory = new(() => surroundings.Uses("zsh")
        ? surroundings.Read("ZDOTDIR")
        : surroundings.Ask("zsh", "echo -n $ZDOTDIR"));

    internal override bool IsPresent => Surroundings.UsesOrHas("zsh");

    internal override IReadOnlyList<string> KnownProfiles => InDirectories(".zshenv");

    internal override IReadOnlyList<string> WantedProfiles => FirstExisting();

    internal override IReadOnlyList<string> LegacyProfiles => InDirectories(".zprofile");

    private IReadOnlyList<string> InDirectories(string name) => profileDirectory.Value is { } directory
        ? [Path.Combine(directory, name), InHome(name)]
        : [InHome(name)];
}
