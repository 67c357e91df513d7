namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>pwsh</c></summary>
internal sealed class PowerShell(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => Surroundings.UsesOrHas("pwsh");

    internal override IReadOnlyList<string> KnownProfiles => [InHome(".config", "powershell", "profile.ps1")];

    internal override string ScriptName => "env.ps1";

    protected override string SourceCommand => ".";

    protected override string FormatScript(string bin) =>
        $$$"""
        # rustup shell setup
        if (-not ":${env:PATH}:".Contains(":{{{bin}}}:")) {
            ${env:PATH} = "{{{bin}}}:${env:PATH}";
        }

        """;
}
