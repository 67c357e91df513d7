namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>nu</c>, which expands no variable where a path must be known before the script runs.</summary>
internal sealed class Nushell(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => Surroundings.UsesOrHas("nu");

    internal override IReadOnlyList<string> KnownProfiles => InConfiguration("nushell", "config.nu");

    internal override string ScriptName => "env.nu";

    protected override string ShownHome => "~";

    protected override string FormatScript(string bin) =>
        $"""
        use std/util "path add"
        path add "{bin}"

        """;
}
