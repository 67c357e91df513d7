using System.IO.Compression;
using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Exchange;

/// <summary>
/// Writes a component as an archive of rust-installer's format, as servers have them: whoever unpacks it gets the same
/// listing, byte for byte.
/// </summary>
internal static class ComponentArchive
{
    private const int ChunkBytes = 1 << 17;

    /// <exception cref="StoreException">Corrupt: a file is not as its listing says.</exception>
    internal static void Write(Machine machine, StoreLayout layout, TreePart part, Listing listing, Stream output)
    {
        using var compressed = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        using var tar = new TarOutputStream(compressed, Encoding.UTF8) { IsStreamOwner = false };
        var root = part.FullName;
        AddText(tar, $"{root}/rust-installer-version", "3\n"u8);
        AddText(tar, $"{root}/components", Encoding.UTF8.GetBytes(root + "\n"));
        AddText(tar, $"{root}/{root}/manifest.in", machine.Files.ReadAll(layout.ComponentManifest(part.ComponentId)));
        foreach (var directory in listing.Directories)
        {
            Begin(tar, $"{root}/{root}/{directory}/", TarHeader.LF_DIR, isExecutable: true, 0);
            tar.CloseEntry();
        }
        foreach (var file in listing.Files)
        {
            Begin(tar, $"{root}/{root}/{file.Path}", TarHeader.LF_NORMAL, file.IsExecutable, file.SizeBytes);
            Copy(machine, Path.Combine(layout.ComponentFiles(part.ComponentId), file.Path), file, tar);
            tar.CloseEntry();
        }
    }

    private static void Copy(Machine machine, string path, ListedFile listed, TarOutputStream tar)
    {
        using var file = machine.Files.OpenRead(path);
        var hasher = new System.IO.Hashing.XxHash128();
        var buffer = new byte[Math.Min(ChunkBytes, Math.Max(1, listed.SizeBytes))];
        for (long copied = 0; copied < listed.SizeBytes;)
        {
            var count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, listed.SizeBytes - copied)), copied);
            if (count == 0)
            {
                break;
            }
            tar.Write(buffer, 0, count);
            hasher.Append(buffer.AsSpan(0, count));
            copied += count;
        }
        if (file.Length != listed.SizeBytes || hasher.GetCurrentHashAsUInt128() != listed.Checksum)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"'{path}' is not as it was installed\nhelp: run `rustup store verify --contents` to see what else is not");
        }
    }

    private static void AddText(TarOutputStream tar, string name, ReadOnlySpan<byte> content)
    {
        Begin(tar, name, TarHeader.LF_NORMAL, isExecutable: false, content.Length);
        tar.Write(content.ToArray(), 0, content.Length);
        tar.CloseEntry();
    }

    private static void Begin(TarOutputStream tar, string name, byte kind, bool isExecutable, long bytes) =>
        tar.PutNextEntry(new TarEntry(new TarHeader
        {
            Name = name,
            TypeFlag = kind,
            Mode = Convert.ToInt32(isExecutable ? "755" : "644", 8),
            Size = bytes,
            // Equal components are equal archives, whenever they are written.
            ModTime = DateTime.UnixEpoch,
        }));
}
