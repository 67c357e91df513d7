namespace ToolchainStore.Distribution;

/// <summary>A package for one target; without target it is the same for all (<c>rust-src</c>).</summary>
/// <remarks>Compares in the order of lists: by package, then target.</remarks>
public readonly record struct Component(string Package, string? Target) : IComparable<Component>
{
    /// <summary>How manifests write "for all targets".</summary>
    public const string Wildcard = "*";

    /// <summary>
    /// Whether it is a whole release in one archive, from before there were manifests of version 2: nothing can be
    /// added to it or removed.
    /// </summary>
    public bool IsWholeRelease => Package == WholeRelease.Package;

    /// <summary>Whether it is the documentation: nearly all of a release's files, and no tool needs it.</summary>
    public bool IsDocumentation => Package == "rust-docs";

    public string FullName => Target is null ? Package : $"{Package}-{Target}";

    public int CompareTo(Component other)
    {
        var byPackage = string.CompareOrdinal(Package, other.Package);
        return byPackage != 0 ? byPackage : string.CompareOrdinal(Target, other.Target);
    }

    public override string ToString() => FullName;
}
