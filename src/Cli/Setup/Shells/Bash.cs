namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>bash</c>: only profiles that are there, because creating one would hide <c>~/.profile</c> from it.</summary>
internal sealed class Bash(ShellSurroundings surroundings) : PosixShell(surroundings)
{
    internal override bool IsPresent => WantedProfiles.Count > 0;

    internal override IReadOnlyList<string> KnownProfiles =>
        [InHome(".bash_profile"), InHome(".bash_login"), InHome(".bashrc")];

    internal override IReadOnlyList<string> WantedProfiles => [.. KnownProfiles.Where(Surroundings.IsFile)];

    internal override IReadOnlyList<string> LegacyProfiles => [InHome(".bash_profile")];
}
