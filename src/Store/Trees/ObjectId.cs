using System.Text;
using ToolchainStore.Distribution;

namespace ToolchainStore.Trees;

/// <summary>
/// The names of components and trees. Both carry an incarnation, normally 0 and then not written: repair publishes the
/// same content under the next one and moves the names, so nothing is ever replaced in place.
/// </summary>
public static class ObjectId
{
    private const int TreeLayoutVersion = 2;

    public static string OfComponent(Digest archive, int incarnation = 0) => Format(archive, incarnation);

    /// <summary>Equal contents give equal ids: the SHA-256 of the layout version and the sorted components.</summary>
    public static string OfTree(IEnumerable<TreePart> parts, int incarnation = 0)
    {
        var text = new StringBuilder("tree ").Append(TreeLayoutVersion).Append('\n');
        foreach (var part in parts.OrderBy(part => part.ComponentId, StringComparer.Ordinal))
        {
            text.Append($"{part.ComponentId} {part.Package} {part.Target ?? "*"}\n");
        }
        return Format(DigestHasher.Compute(Encoding.UTF8.GetBytes(text.ToString())), incarnation);
    }

    /// <summary>Whether an id is one of the incarnations of another.</summary>
    public static bool IsOf(string id, string first) =>
        id == first || id.StartsWith(first + "-", StringComparison.Ordinal);

    private static string Format(Digest digest, int incarnation) =>
        incarnation == 0 ? digest.Hex : $"{digest.Hex}-{incarnation}";
}

/// <summary>A component in its place in a tree. No target means every host.</summary>
public sealed record TreePart(string ComponentId, string Package, string? Target)
{
    /// <summary>The name that <c>lib/rustlib/components</c> lists.</summary>
    public string FullName => new Component(Package, Target).FullName;

    /// <inheritdoc cref="Component.IsWholeRelease"/>
    public bool IsWholeRelease => new Component(Package, Target).IsWholeRelease;
}
