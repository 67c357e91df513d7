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

    /// <summary>
    /// Publishes a release as it was done before there were manifests of version 2: one archive per host and, but for
    /// numbered versions, a list of file names.
    /// </summary>
    public void PublishInOneArchive(Release release)
    {
        foreach (var directory in new[] { "dist", $"dist/{release.Date}" })
        {
            foreach (var version in release.Channels)
            {
                var archives = release.Hosts.Select(host => $"rust-{version}-{host}").ToList();
                foreach (var (name, host) in archives.Zip(release.Hosts))
                {
                    var tar = Package.FormatTar(name, RustPackages.InOneArchive(release, host));
                    WriteWithDigest($"{directory}/{name}.tar.gz", Compression.Gzip.Compress(tar));
                }
                if (!char.IsAsciiDigit(version[0]))
                {
                    var list = string.Concat(archives.Select(name => $"{name}.tar.gz\n"));
                    WriteWithDigest($"{directory}/channel-rust-{version}", Encoding.UTF8.GetBytes(list));
                }
            }
        }
    }

    public void WriteManifest(string path, string manifest) => WriteWithDigest(path, Encoding.UTF8.GetBytes(manifest));

    /// <summary>Writes a file as the server would announce it.</summary>
    public void WriteWithDigest(string path, byte[] content)
    {
        Write(path, content);
        Write(path + ".sha256", Encoding.UTF8.GetBytes($"{Digest(content)}  {Path.GetFileName(path)}\n"));
    }

    /// <summary>Changes the bytes of a file and nothing of what is said about it.</summary>
    public void Damage(string path, Func<byte[], byte[]> damage) =>
        Write(path, damage(File.ReadAllBytes(Path.Combine(Root, path))));

    /// <summary>The server's manifest of a channel is what somebody has written half of, with the digest of that half.</summary>
    public void TearManifest(string channel)
    {
        var path = $"dist/channel-rust-{channel}.toml";
        var text = File.ReadAllText(Path.Combine(Root, path));
        WriteManifest(path, text[..(text.Length / 2)]);
    }

    /// <summary>Takes a file or a directory off the server, such as the directory of a day.</summary>
    public void Withdraw(string path)
    {
        var full = Path.Combine(Root, path);
        if (Directory.Exists(full))
        {
            Directory.Delete(full, recursive: true);
        }
        else
        {
            File.Delete(full);
        }
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
        foreach (var (from, to) in release.Renames.Where(rename => release.Packages.Any(package => package.Name == rename.Value)))
        {
            toml.Append($"\n[renames.{from}]\nto = \"{to}\"\n");
        }
        toml.Append(release.Profiles.Count > 0 ? "\n[profiles]\n" : "");
        foreach (var (profile, packages) in release.Profiles)
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
            foreach (var package in release.Packages.Where(package => IsOffered(package, host)))
            {
                var isRequired = RustPackages.Required.Contains(package.Name) && package.Target == host;
                toml.Append($"\n[[pkg.rust.target.{host}.{(isRequired ? "components" : "extensions")}]]\n");
                toml.Append($"pkg = \"{package.Name}\"\ntarget = \"{package.Target ?? "*"}\"\n");
            }
        }
    }

    /// <summary>A host gets its own tools, what is for all, and the standard library of every target.</summary>
    private static bool IsOffered(Package package, string host) =>
        package.Target is null || package.Target == host || package.Name == "rust-std";

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
