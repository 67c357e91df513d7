namespace ToolchainStore.Trees;

/// <summary>What sort of thing is not as it must be.</summary>
public enum FindingKind
{
    /// <summary>The database: SQLite's own check, or there is none although there are trees.</summary>
    Journal,

    /// <summary>A row of the journal.</summary>
    Row,

    /// <summary>The files of an unpacked archive, or what is recorded of them.</summary>
    Component,

    /// <summary>A composed sysroot.</summary>
    Tree,

    /// <summary>The archive of a component that waits to be unpacked.</summary>
    Archive,

    /// <summary>A link in toolchains/, or settings.toml.</summary>
    View,

    /// <summary>What a lost journal would be rebuilt from.</summary>
    Record,

    /// <summary>A directory that no row names. No problem: what a crash leaves, and a collection removes.</summary>
    Unnamed,
}

/// <summary>What became of a finding.</summary>
public enum FindingOutcome
{
    /// <summary>Nothing was tried.</summary>
    Found,
    Repaired,
    NotRepaired,
}

/// <summary>Something that is not as the journal says.</summary>
/// <param name="Kind">What sort of thing it is.</param>
/// <param name="Subject">What it is, as its user calls it.</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record Finding(FindingKind Kind, string Subject, string Problem)
{
    /// <summary>Where it is; null if that is no file.</summary>
    public string? Path { get; init; }

    /// <summary>The component, tree or name that it is about.</summary>
    public string Id { get; init; } = "";

    public FindingOutcome Outcome { get; init; }

    /// <summary>What was done, or why nothing could be.</summary>
    public string? Remark { get; init; }

    /// <summary>Whether the store is not as it was installed, and still is not.</summary>
    public bool IsProblem => Kind != FindingKind.Unnamed && Outcome != FindingOutcome.Repaired;
}
