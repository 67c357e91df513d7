using System.Globalization;
using System.Security.Cryptography;
using ToolchainStore.Benchmarks.Measuring;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A mirror whose stable is released again, a day later each time, with rustfmt as the only change.</summary>
internal sealed class FollowingDays
{
    internal const string ChangedPackage = "rustfmt-preview";

    private readonly RealMirror mirror;
    private readonly string root;
    private readonly CancellationToken cancellation;
    private DateOnly date;

    internal FollowingDays(RealMirror mirror, string mirrorDirectory, string root, CancellationToken cancellation)
    {
        this.mirror = mirror;
        this.root = root;
        this.cancellation = cancellation;
        date = DateOnly.ParseExact(mirror.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Directory.CreateDirectory(Path.Combine(root, "dist"));
        // What does not change is the mirror's own.
        Directory.CreateSymbolicLink(
            Path.Combine(root, "dist", mirror.Date), Path.Combine(mirrorDirectory, "dist", mirror.Date));
        Directory.CreateSymbolicLink(Path.Combine(root, "rustup"), Path.Combine(mirrorDirectory, "rustup"));
    }

    /// <summary>Releases the next day.</summary>
    internal void Advance()
    {
        date = date.AddDays(1);
        var day = date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var folder = Directory.CreateDirectory(Path.Combine(root, "dist", day)).FullName;
        Repack(folder, day);

        var manifest = mirror.ManifestText.Replace(
            $"\ndate = \"{mirror.Date}\"", $"\ndate = \"{day}\"", StringComparison.Ordinal);
        foreach (var format in (string[])["gz", "xz"])
        {
            var url = mirror.FindUrl(ChangedPackage, format);
            using var archive = File.OpenRead(Path.Combine(folder, Path.GetFileName(url)));
            manifest = manifest
                .Replace(url, url.Replace(mirror.Date, day, StringComparison.Ordinal), StringComparison.Ordinal)
                .Replace(
                    mirror.FindDigest(ChangedPackage, format),
                    Convert.ToHexStringLower(SHA256.HashData(archive)),
                    StringComparison.Ordinal);
        }
        ChannelFile.Write(Path.Combine(root, "dist"), "stable", manifest);
        ChannelFile.Write(folder, "stable", manifest);
    }

    /// <summary>The archive as it was with one file changed, compressed as the mirror's archives are.</summary>
    private void Repack(string folder, string day)
    {
        var gz = mirror.FindArchive(ChangedPackage, "gz");
        var top = Path.GetFileName(gz)[..^".tar.gz".Length];
        var script = $"""
            set -e
            tar xzf '{gz}'
            chmod -R u+w '{top}'
            echo 'released on {day}' >>'{top}/{ChangedPackage}/share/doc/rustfmt/README.md'
            tar c --sort=name --owner=0 --group=0 '{top}' | tee '{top}.tar' | gzip -6 >'{top}.tar.gz'
            xz -z -3 --lzma2=preset=3,dict=64MiB '{top}.tar'
            rm -rf '{top}'
            """;
        _ = ChildProcess.RunToSuccess(Command.Shell(script, folder), cancellation);
    }
}
