namespace ToolchainStore.Trees;

/// <summary>The files of a tree that say what is installed in it; cargo's subcommands and editors read them.</summary>
internal static class TreeMetadata
{
    internal const string Directory = "lib/rustlib";
    internal const string Components = $"{Directory}/components";
    internal const string InstallerVersion = $"{Directory}/rust-installer-version";

    internal static ReadOnlySpan<byte> InstallerVersionContent => "3"u8;

    internal static string ManifestOf(string component) => $"{Directory}/manifest-{component}";
}
