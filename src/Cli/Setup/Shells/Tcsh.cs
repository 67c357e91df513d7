namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>tcsh</c></summary>
internal sealed class Tcsh(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => Surroundings.UsesOrHas("tcsh");

    internal override IReadOnlyList<string> KnownProfiles => [InHome(".tcshrc"), InHome(".cshrc")];

    internal override IReadOnlyList<string> WantedProfiles => FirstExisting();

    internal override string ScriptName => "env.tcsh";

    protected override string FormatScript(string bin) =>
        $$"""
        # rustup environment for tcsh
        if ( $?PATH ) then
            if ( "$PATH" !~ *{{bin}}* ) then
                setenv PATH "{{bin}}:$PATH"
            endif
        else
            setenv PATH "{{bin}}"
        endif

        """;
}
