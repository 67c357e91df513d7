namespace ToolchainStore.Cli.Grammar;

/// <summary>What options with a value and positional arguments have in common.</summary>
internal interface ITakesValues
{
    /// <summary>How the help and the errors name it: <c>TOOLCHAIN</c>.</summary>
    string ValueName { get; }

    /// <summary>The only words it may be; empty when it is free text.</summary>
    IReadOnlyList<string> PossibleValues { get; }

    /// <summary>Says why a value is wrong, or null when it is right.</summary>
    Func<string, string?>? FindFault { get; }

    /// <summary>Shown in the help, and bound when the command line says nothing.</summary>
    string? DefaultText { get; }

    bool TakesMany { get; }

    /// <summary>A path is never empty, and need not be UTF-8 as all other text must.</summary>
    bool IsPath { get; }
}
