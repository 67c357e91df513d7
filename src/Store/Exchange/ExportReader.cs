using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>The bytes of one file of an export.</summary>
public sealed record ExportedFile(IFile Holder, long Offset, long Length) : IDisposable
{
    public Stream OpenStream() => new BoundedStream(new FileContentStream(Holder, Offset), Length);

    public void Dispose() => Holder.Dispose();
}

/// <summary>An export, in a directory or in one tar. What it says is checked by whoever reads it.</summary>
public sealed class ExportReader
{
    private const int LongestText = 64 << 20;

    private readonly Machine machine;
    private readonly string path;

    // Of a tar: where each file is in it.
    private readonly Dictionary<string, ExportMember>? members;

    private ExportReader(Machine machine, string path)
    {
        this.machine = machine;
        this.path = path;
        members = machine.Files.IsDirectory(path) ? null : ReadMembers();
        Index = ExportIndex.Parse(ReadAll(ExportIndex.FileName), Describe(ExportIndex.FileName));
    }

    public ExportIndex Index { get; }

    /// <exception cref="StoreException">NotFound: nothing is there. Corrupt: it is no complete export.</exception>
    public static ExportReader Open(Machine machine, string path) => new(machine, path);

    /// <summary>A text, after its digest was compared.</summary>
    public string ReadText(string name, Digest digest)
    {
        var content = ReadAll(name);
        var actual = DigestHasher.Compute(content);
        return actual == digest ? Encoding.UTF8.GetString(content) : throw NotAsSaid(name, digest, actual);
    }

    /// <summary>A file, after its digest was compared.</summary>
    public ExportedFile Open(string name, Digest digest)
    {
        var file = Find(name);
        try
        {
            using var stream = file.OpenStream();
            var actual = DigestHasher.Compute(stream);
            return actual == digest ? file : throw NotAsSaid(name, digest, actual);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private byte[] ReadAll(string name)
    {
        using var file = Find(name);
        if (file.Length > LongestText)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"'{Describe(name)}' is larger than any manifest\nhelp: copy the export once more from where it was made");
        }
        var content = new byte[file.Length];
        using var stream = file.OpenStream();
        stream.ReadExactly(content);
        return content;
    }

    private ExportedFile Find(string name)
    {
        if (members is not null)
        {
            return members.TryGetValue(name, out var member)
                ? new ExportedFile(machine.Files.OpenRead(path), member.Offset, member.Length)
                : throw Lacks(name);
        }
        // What the index says is no path of its author's choice.
        if (name.Split('/').Any(part => part is "" or "." or "..") || machine.Files.TryOpenRead(Path.Combine(path, name)) is not { } file)
        {
            throw Lacks(name);
        }
        return new ExportedFile(file, 0, file.Length);
    }

    private Dictionary<string, ExportMember> ReadMembers()
    {
        using var file = machine.Files.TryOpenRead(path)
            ?? throw new StoreException(
                StoreErrorKind.NotFound,
                $"there is no export '{path}'\nhelp: `rustup store export` makes one, a file or a directory");
        var (found, fault) = ExportMember.ReadAll(file);
        return fault switch
        {
            // Of one name the last counts, as for whoever unpacks a tar.
            null => found.GroupBy(member => member.Name, StringComparer.Ordinal)
                .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal),
            TarFault.EndsTooEarly => throw Torn(),
            TarFault.HasDamagedHeader => throw IsNone(": a tar header is damaged"),
            _ => throw IsNone(""),
        };
    }

    private string Describe(string name) => members is null ? Path.Combine(path, name) : $"{path}:{name}";

    private StoreException IsNone(string why) => new(
        StoreErrorKind.Corrupt, $"'{path}' is not an export{why}\nhelp: `rustup store export` makes one, a file or a directory");

    private StoreException Torn() => new(
        StoreErrorKind.Corrupt, $"the export '{path}' ends too early\nhelp: copy it once more from where it was made");

    private StoreException Lacks(string name) => new(
        StoreErrorKind.Corrupt,
        $"'{path}' is not a complete export: it lacks '{name}'\nhelp: run `rustup store export` to its end");

    private StoreException NotAsSaid(string name, Digest digest, Digest actual) => new(
        StoreErrorKind.Corrupt,
        $"checksum failed for '{Describe(name)}', expected: '{digest}', calculated: '{actual}'"
        + "\nhelp: copy the export once more from where it was made");
}
