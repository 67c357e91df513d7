namespace ToolchainStore.Collection;

/// <summary>
/// The tree that a build runs from, in RUSTUP_STORE_PINNED_TREE. It binds what cargo itself calls, so
/// that a build which an update overtakes finishes with the compiler it began with.
/// </summary>
public sealed record PinnedTree(string StoreId, string ToolchainName, string TreeId)
{
    public const string Variable = "RUSTUP_STORE_PINNED_TREE";

    public static PinnedTree? TryParse(string? text) =>
        text?.Split(':') is [{ Length: > 0 } store, { Length: > 0 } name, { Length: > 0 } tree]
            && tree.All(character => char.IsAsciiHexDigit(character) || character == '-')
            ? new PinnedTree(store, name, tree)
            : null;

    public string Format() => $"{StoreId}:{ToolchainName}:{TreeId}";
}
