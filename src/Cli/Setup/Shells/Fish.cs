namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>fish</c></summary>
internal sealed class Fish(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => Surroundings.UsesOrHas("fish");

    internal override IReadOnlyList<string> KnownProfiles => InConfiguration("fish", "conf.d", "rustup.fish");

    internal override string ScriptName => "env.fish";

    protected override string FormatScript(string bin) =>
        $"""
        # rustup shell setup
        if not contains "{bin}" $PATH
            # Prepending path in case a system-installed rustc needs to be overridden
            set -x PATH "{bin}" $PATH
        end

        """;
}
