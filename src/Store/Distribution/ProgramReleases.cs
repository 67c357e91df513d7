using ToolchainStore.Platform;
using ToolchainStore.Toml;

namespace ToolchainStore.Distribution;

/// <summary>
/// The releases of the rustup program itself on a server, laid out as rustup's: <c>release-stable.toml</c> names the newest,
/// <c>archive/VERSION/HOST/rustup-init</c> is an installer and <c>….sha256</c> beside it its digest.
/// </summary>
public sealed class ProgramReleases(Machine machine, string root, Func<TimeSpan> idleTimeout, Reporter reporter)
{
    private const int LargestInstaller = 256 << 20;

    private static readonly string InstallerName = OperatingSystem.IsWindows() ? "rustup-init.exe" : "rustup-init";

    private readonly DistributionServer server = new(machine, root, idleTimeout);

    public string Root => server.Root;

    /// <summary>The version that the server calls the newest.</summary>
    /// <exception cref="StoreException">There is none, or its file is torn.</exception>
    public string FetchNewestVersion()
    {
        var url = $"{server.Root}/release-stable.toml";
        return ParseVersion(server.TryFetchText(url) ?? throw NotFound(url));
    }

    /// <summary>The installer of a version for a host, with the digest that the server announces.</summary>
    public byte[] FetchInstaller(string version, string host)
    {
        var url = $"{server.Root}/archive/{version}/{host}/{InstallerName}";
        var announced = server.TryFetchText(ManifestUrl.Digest(url)) ?? throw NotFound(ManifestUrl.Digest(url));
        var installer = Fetch(url);
        var actual = DigestHasher.Compute(installer);
        return announced.StartsWith(actual.Hex, StringComparison.OrdinalIgnoreCase)
            ? installer
            : throw new StoreException(
                StoreErrorKind.Corrupt,
                $"checksum failed for '{url}', expected: '{announced.Split(' ', '\n')[0]}', calculated: '{actual}'"
                + "\nhelp: the server may be in the middle of a release; try again in a few minutes");
    }

    private byte[] Fetch(string url)
    {
        using var response = server.Get(url, firstByte: 0);
        if (DistributionServer.IsMissing(response.Status))
        {
            throw NotFound(url);
        }
        DistributionServer.RequireSuccess(url, response.Status);
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        int count;
        while ((count = response.Body.Read(buffer)) > 0)
        {
            content.Write(buffer, 0, count);
            reporter.Downloaded("rustup", content.Length, response.LengthBytes);
            if (content.Length > LargestInstaller)
            {
                throw new StoreException(StoreErrorKind.Network, $"'{url}' is larger than any installer\nhelp: is RUSTUP_UPDATE_ROOT right?");
            }
        }
        reporter.Finished();
        return content.ToArray();
    }

    private static string ParseVersion(string text)
    {
        try
        {
            var cursor = new TomlCursor(text);
            string? schema = null;
            string? version = null;
            while (cursor.NextKey() is { } key)
            {
                switch (key)
                {
                    case "schema-version":
                        cursor.ReadVariant<int>(static schema => schema == "1" ? 1 : null, "1");
                        schema = "1";
                        break;
                    case "version":
                        version = cursor.ReadString();
                        break;
                    default:
                        cursor.SkipValue();
                        break;
                }
            }
            if (schema is null)
            {
                throw cursor.MissingField("schema-version", TomlPlace.Start);
            }
            return version ?? throw cursor.MissingField("version", TomlPlace.Start);
        }
        catch (StoreException cause)
        {
            throw new StoreException(StoreErrorKind.Corrupt, "unable to parse rustup release file", cause);
        }
    }

    private static StoreException NotFound(string url) =>
        new(StoreErrorKind.Network, $"could not download file from '{url}': file not found");
}
