namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>xonsh</c></summary>
internal sealed class Xonsh(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => Surroundings.Read("XONSHRC") is not null || Surroundings.IsOnPath("xonsh");

    internal override IReadOnlyList<string> KnownProfiles => InConfiguration("xonsh", "rc.xsh");

    internal override string ScriptName => "env.xsh";

    protected override string FormatScript(string bin) =>
        $"""
        $PATH.append(_cargo_bin) if (_cargo_bin := '{bin}') not in $PATH else None

        """;
}
