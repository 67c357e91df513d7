namespace ToolchainStore.Cli.Setup.Shells;

/// <summary><c>sh</c> and its relatives; every user is taken to have one.</summary>
internal class PosixShell(ShellSurroundings surroundings) : Shell(surroundings)
{
    internal override bool IsPresent => true;

    internal override IReadOnlyList<string> KnownProfiles => [InHome(".profile")];

    internal override IReadOnlyList<string> LegacyProfiles => [InHome(".profile")];

    internal sealed override string ScriptName => "env";

    protected sealed override string SourceCommand => ".";

    protected sealed override string FormatScript(string bin) =>
        $$"""
        #!/bin/sh
        # rustup shell setup
        # affix colons on either side of $PATH to simplify matching
        case ":${PATH}:" in
            *:"{{bin}}":*)
                ;;
            *)
                # Prepending path in case a system-installed rustc needs to be overridden
                export PATH="{{bin}}:$PATH"
                ;;
        esac

        """;
}
