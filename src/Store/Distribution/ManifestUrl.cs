namespace ToolchainStore.Distribution;

/// <summary>Where a distribution server keeps what.</summary>
public static class ManifestUrl
{
    public const string OfficialServer = "https://static.rust-lang.org";

    private const string DistDirectory = "/dist";

    /// <summary>
    /// The server from the environment, without a slash at its end; the older variable names its directory
    /// <c>dist</c>.
    /// </summary>
    /// <param name="distServer"><c>RUSTUP_DIST_SERVER</c></param>
    /// <param name="distRoot"><c>RUSTUP_DIST_ROOT</c></param>
    public static string ResolveServer(string? distServer, string? distRoot)
    {
        if (!string.IsNullOrEmpty(distServer))
        {
            return distServer.TrimEnd('/');
        }
        if (string.IsNullOrEmpty(distRoot))
        {
            return OfficialServer;
        }
        var root = distRoot.TrimEnd('/');
        return root.EndsWith(DistDirectory, StringComparison.Ordinal) ? root[..^DistDirectory.Length] : root;
    }

    /// <param name="server">The distribution server.</param>
    /// <param name="manifestName">Such as <c>nightly</c> or <c>1.95.0</c>.</param>
    /// <param name="date">Null for the newest.</param>
    /// <param name="isStaged">Whether <c>RUSTUP_STAGED_MANIFEST</c> asks for what is about to be released.</param>
    public static string Manifest(string server, string manifestName, string? date, bool isStaged = false) =>
        $"{Directory(server, date, isStaged)}/channel-rust-{manifestName}.toml";

    /// <summary>The older form of manifest: a list of file names.</summary>
    public static string ManifestVersion1(string server, string manifestName, string? date) =>
        $"{Directory(server, date, isStaged: false)}/channel-rust-{manifestName}";

    /// <summary>The archive of a whole release, from before there were manifests of version 2.</summary>
    public static string ReleaseArchive(string server, string version, string? date, string host) =>
        $"{Directory(server, date, isStaged: false)}/rust-{version}-{host}.tar.gz";

    public static string Digest(string url) => $"{url}.sha256";

    public static string Signature(string url) => $"{url}.asc";

    /// <summary>An archive's URL on this server: manifests always name the official one.</summary>
    public static string Archive(string server, string url) =>
        url.StartsWith(OfficialServer, StringComparison.Ordinal) ? server + url[OfficialServer.Length..] : url;

    private static string Directory(string server, string? date, bool isStaged) =>
        server + DistDirectory + (isStaged ? "/staging" : date is null ? "" : $"/{date}");
}
