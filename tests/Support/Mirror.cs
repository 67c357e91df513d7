using System.Security.Cryptography;
using System.Text;

namespace ToolchainStore.Tests.Support;

/// <summary>Writes releases in the real format below a folder; any rustup can install from it.</summary>
public sealed class Mirror(string root, params Compression[] compressions)
{
    private const string PublishedServer = "https://static.rust-lang.org";

    private readonly Compression[] compressions = compressions.Length > 0 ? compressions : [Compression.Gzip, Compression.Xz];

    public string Root { get; } = root;

    public string FileUrl => $"file://{Root}";

    /// <summary>Publishes a release under its channels and its date; what is there already stays.</summary>
    public void Publish(Release release)
    {
        var manifest = FormatManifest(release);
        foreach (var channel in release.Channels)
        {
            WriteManifest($"dist/channel-rust-{channel}.toml", manifest);
            WriteManifest($"dist/{release.Date}/channel-rust-{channel}.toml", manifest);
        }
        Write("rustup/release-stable.toml", Encoding.UTF8.GetBytes("schema-version = \"1\"\nversion = \"1.29.0\"\n"));
    }

    public void WriteManifest(string path, string manifest)
    {
        var bytes = Encoding.UTF8.GetBytes(manifest);
        Write(path, bytes);
        Write(path + ".sha256", Encoding.UTF8.GetBytes($"{Digest(bytes)}  {Path.GetFileName(path)}\n"));
    }

    public void Write(string path, byte[] content)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, content);
    }

    private string FormatManifest(Release release)
    {
        var toml = new StringBuilder($"manifest-version = \"2\"\ndate = \"{release.Date}\"\n");
        foreach (var versions in release.Packages.GroupBy(package => package.Name))
        {
            toml.Append($"\n[pkg.{versions.Key}]\nversion = \"{versions.First().Version}\"\n");
            foreach (var package in versions)
            {
                AppendTarget(toml, package, release.Date);
            }
        }
        AppendRelease(toml, release);
        foreach (var (from, to) in RustPackages.Renames.Where(rename => release.Packages.Any(package => package.Name == rename.Value)))
        {
            toml.Append($"\n[renames.{from}]\nto = \"{to}\"\n");
        }
        toml.Append("\n[profiles]\n");
        foreach (var (profile, packages) in RustPackages.Profiles)
        {
            toml.Append($"{profile} = [{string.Join(", ", packages.Select(package => $"\"{package}\""))}]\n");
        }
        return toml.ToString();
    }

    private void AppendTarget(StringBuilder toml, Package package, string date)
    {
        toml.Append($"\n[pkg.{package.Name}.target.{(package.Target is null ? "\"*\"" : package.Target)}]\n");
        toml.Append($"available = {(package.IsAvailable ? "true" : "false")}\n");
        if (!package.IsAvailable)
        {
            return;
        }
        var tar = package.FormatTar();
        foreach (var compression in compressions)
        {
            var archive = package.Damage(compression.Compress(tar));
            // Named by content, so that a file never changes under its name.
            var digest = Digest(archive);
            var path = $"dist/{date}/{package.FullName}-{digest[..8]}{compression.FileExtension()}";
            Write(path, archive);
            var prefix = compression.ManifestKeyPrefix();
            toml.Append($"{prefix}url = \"{PublishedServer}/{path}\"\n");
            toml.Append($"{prefix}hash = \"{package.WrongDigest ?? digest}\"\n");
        }
    }

    private static void AppendRelease(StringBuilder toml, Release release)
    {
        toml.Append($"\n[pkg.rust]\nversion = \"{release.Version}\"\n");
        foreach (var host in release.Hosts)
        {
            toml.Append($"\n[pkg.rust.target.{host}]\navailable = true\n");
            foreach (var package in release.Packages)
            {
                var isRequired = RustPackages.Required.Contains(package.Name) && package.Target == host;
                toml.Append($"\n[[pkg.rust.target.{host}.{(isRequired ? "components" : "extensions")}]]\n");
                toml.Append($"pkg = \"{package.Name}\"\ntarget = \"{package.Target ?? "*"}\"\n");
            }
        }
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
