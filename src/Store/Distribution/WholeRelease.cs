namespace ToolchainStore.Distribution;

/// <summary>
/// A release from before there were manifests of version 2: one archive per host. It is described as a manifest that
/// offers one component, the package <c>rust</c> itself, so that it is installed as any other.
/// </summary>
public static class WholeRelease
{
    public const string Package = "rust";

    /// <summary>The manifest of one; nobody knows its date and version before it is unpacked.</summary>
    public static FetchedManifest Describe(string host, string url, Digest digest)
    {
        var text =
            $"""
            manifest-version = "2"
            date = ""

            [pkg.{Package}]
            version = ""

            [pkg.{Package}.target.{host}]
            available = true
            url = "{url}"
            hash = "{digest}"

            [[pkg.{Package}.target.{host}.components]]
            pkg = "{Package}"
            target = "{host}"

            """;
        return new FetchedManifest(digest, ChannelManifest.Parse(text, url), text);
    }

    /// <summary>rustup's error for whatever would need components.</summary>
    public static StoreException HasNoComponents(string toolchain) => new(
        StoreErrorKind.Usage, $"toolchain '{toolchain}' does not support components (v1 manifest)");
}
