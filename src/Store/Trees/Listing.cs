using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ToolchainStore.Trees;

/// <summary>One file of a component. The checksum is XXH128 of its bytes.</summary>
public sealed record ListedFile(string Path, bool IsExecutable, long SizeBytes, UInt128 Checksum);

/// <summary>
/// What a component consists of: its directories and files, sorted by path with '/' separators. As text it is one line
/// an entry, so that a person can read it and a lost journal can be rebuilt from it.
/// </summary>
public sealed record Listing(IReadOnlyList<string> Directories, IReadOnlyList<ListedFile> Files)
{
    private const string Header = "toolchain-store listing 1";

    public long TotalBytes => Files.Sum(file => file.SizeBytes);

    public static UInt128 ChecksumOf(ReadOnlySpan<byte> bytes) => XxHash128.HashToUInt128(bytes);

    /// <summary>The checksum of a listing's text, as the journal keeps it.</summary>
    public static string FormatChecksum(UInt128 checksum) => checksum.ToString("x32", CultureInfo.InvariantCulture);

    public static Listing Parse(ReadOnlySpan<byte> content, string path)
    {
        var directories = new List<string>();
        var files = new List<ListedFile>();
        var lines = Encoding.UTF8.GetString(content).Split('\n');
        if (lines.Length < 2 || lines[0] != Header || lines[^1].Length != 0)
        {
            throw Damaged(path, "it does not start or end as a listing");
        }
        foreach (var line in lines.AsSpan(1, lines.Length - 2))
        {
            var parts = line.Split(' ', 4);
            switch (parts)
            {
                case ["d", ..]:
                    directories.Add(line[2..]);
                    break;
                case ["f" or "x", var size, var checksum, var name]
                    when long.TryParse(size, out var bytes) && UInt128.TryParse(
                        checksum, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var hash):
                    files.Add(new ListedFile(name, parts[0] == "x", bytes, hash));
                    break;
                default:
                    throw Damaged(path, $"the line '{line}' is no entry");
            }
        }
        return new Listing(directories, files);
    }

    public byte[] Format()
    {
        // Bytes at once: as a text, that of a documentation would take three times 12 MB on its way.
        using var bytes = new MemoryStream();
        using (var text = new StreamWriter(bytes, leaveOpen: true) { NewLine = "\n" })
        {
            text.WriteLine(Header);
            foreach (var directory in Directories)
            {
                text.Write("d ");
                text.WriteLine(directory);
            }
            foreach (var file in Files)
            {
                text.Write(file.IsExecutable ? "x " : "f ");
                text.Write(file.SizeBytes);
                text.Write(' ');
                text.Write(FormatChecksum(file.Checksum));
                text.Write(' ');
                text.WriteLine(file.Path);
            }
        }
        return bytes.ToArray();
    }

    private static StoreException Damaged(string path, string reason) =>
        new(StoreErrorKind.Corrupt, $"the listing '{path}' is damaged: {reason}");
}
