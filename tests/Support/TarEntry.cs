using System.Text;

namespace ToolchainStore.Tests.Support;

/// <summary>One tar entry; what the factories make is written as it is, however hostile.</summary>
public sealed record TarEntry
{
    private TarEntry(char kind, string path)
    {
        Kind = kind;
        Path = path;
    }

    /// <summary>The type flag of the tar header.</summary>
    public char Kind { get; }

    public string Path { get; init; }

    public UnixFileMode Mode { get; init; } = ModeOfFile;

    public ReadOnlyMemory<byte> Content { get; private init; }

    public string LinkTarget { get; private init; } = "";

    /// <summary>The size in the header, where it is not that of <see cref="Content"/>.</summary>
    public long? DeclaredBytes { get; private init; }

    private const UnixFileMode ModeOfFile =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode ModeOfExecutable =
        ModeOfFile | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public static TarEntry File(string path, string text) =>
        new('0', path) { Content = Encoding.UTF8.GetBytes(text) };

    public static TarEntry Executable(string path, string text) =>
        File(path, text) with { Mode = ModeOfExecutable };

    public static TarEntry Folder(string path) =>
        new('5', path.TrimEnd('/') + "/") { Mode = ModeOfExecutable };

    public static TarEntry HardLink(string path, string linkTarget) => new('1', path) { LinkTarget = linkTarget };

    public static TarEntry SymbolicLink(string path, string linkTarget) =>
        new('2', path) { LinkTarget = linkTarget, Mode = ModeOfExecutable };

    public static TarEntry CharacterDevice(string path) => new('3', path);

    public static TarEntry NamedPipe(string path) => new('6', path);

    /// <summary>A file whose header promises many bytes and whose content does not come.</summary>
    public static TarEntry Enormous(string path, long declaredBytes = 1L << 50) =>
        new('0', path) { DeclaredBytes = declaredBytes };
}
