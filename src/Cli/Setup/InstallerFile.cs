using System.Globalization;
using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>
/// A release in one file: the CLI, which runs as it is, the files that belong beside it, and a last line that says what
/// lies where:
/// <code>
/// bytes of rustup, of rustup-proxy, of the SQLite library
/// #toolchain-store-installer version=1.0.0 sha256=… rustup=12322944 rustup-proxy=4600736 libe_sqlite3.so=1470824
/// </code>
/// The digest is that of everything before the line. What follows the line is ignored: some tools append to what they copy.
/// </summary>
internal sealed class InstallerFile
{
    private const string Marker = "\n#toolchain-store-installer ";

    // The line, and whatever somebody appended.
    private const int TailBytes = 4096;

    private readonly byte[] content;
    private readonly string version;
    private readonly Digest digest;
    private readonly List<(string Name, Range Place)> files;
    private readonly int packedBytes;

    private InstallerFile(byte[] content, int packedBytes, string line)
    {
        this.content = content;
        this.packedBytes = packedBytes;
        var fields = line.Split(' ').Select(field => field.Split('=', 2)).ToList();
        if (fields is not [["version", var version], ["sha256", var hex], .. var sizes]
            || !Digest.TryParse(hex, out digest))
        {
            throw Damaged("its last line does not say what it is");
        }
        this.version = version;
        files = Place(sizes);
    }

    /// <summary>The bytes of an installer; the package must hold the CLI.</summary>
    internal static byte[] Format(ProgramPackage package)
    {
        var first = package.Files.Single(file => file.Name == InstalledPrograms.CommandLineName);
        ProgramFile[] files = [first, .. package.Files.Where(file => file != first)];
        var installer = new MemoryStream();
        foreach (var file in files)
        {
            installer.Write(file.Content);
        }
        var digest = DigestHasher.Compute(installer.GetBuffer().AsSpan(0, (int)installer.Length));
        var sizes = string.Concat(files.Select(file => $" {file.Name}={file.Content.Length}"));
        installer.Write(Encoding.UTF8.GetBytes($"{Marker}version={package.Version} sha256={digest}{sizes}\n"));
        return installer.ToArray();
    }

    /// <summary>Null if the file is something else, an executable without anything packed into it for example.</summary>
    internal static InstallerFile? TryOpen(Machine machine, string path) => TryParse(machine.Files.ReadAll(path));

    /// <summary>Null if these bytes are something else.</summary>
    /// <exception cref="StoreException">It is an installer, and damaged.</exception>
    internal static InstallerFile? TryParse(byte[] content)
    {
        var tail = content.AsSpan(Math.Max(0, content.Length - TailBytes));
        var found = tail.LastIndexOf(Encoding.ASCII.GetBytes(Marker));
        if (found < 0)
        {
            return null;
        }
        var line = tail[(found + Marker.Length)..];
        var end = line.IndexOf((byte)'\n');
        return new InstallerFile(
            content, content.Length - tail.Length + found, Encoding.UTF8.GetString(end < 0 ? line : line[..end]));
    }

    /// <summary>All files, after their bytes were compared with the digest.</summary>
    internal ProgramPackage ReadPackage()
    {
        var actual = DigestHasher.Compute(content.AsSpan(0, packedBytes));
        return actual == digest
            ? new ProgramPackage(version, [.. files.Select(file => new ProgramFile(file.Name, content[file.Place]))])
            : throw Damaged($"its digest is {actual} instead of {digest}");
    }

    /// <summary>The bytes of one file, null if it is not among them.</summary>
    internal byte[]? Find(string name) =>
        files.Where(file => file.Name == name).Select(file => content[file.Place]).FirstOrDefault();

    private List<(string Name, Range Place)> Place(IEnumerable<string[]> sizes)
    {
        var placed = new List<(string, Range)>();
        var offset = 0;
        foreach (var field in sizes)
        {
            if (field is not [var name, var size]
                || name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\\')
                || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                || bytes > packedBytes - offset)
            {
                throw Damaged("its last line does not fit its content");
            }
            placed.Add((name, offset..(offset + bytes)));
            offset += bytes;
        }
        return offset == packedBytes ? placed : throw Damaged("its last line does not fit its content");
    }

    private static StoreException Damaged(string reason) => new(
        StoreErrorKind.Corrupt, $"the installer is damaged: {reason}\nhelp: download it again");
}
