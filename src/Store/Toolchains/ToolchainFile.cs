using ToolchainStore.Distribution;
using ToolchainStore.Toml;

namespace ToolchainStore.Toolchains;

/// <summary>What a project asks for in its <c>rust-toolchain.toml</c>, or in the older <c>rust-toolchain</c>.</summary>
/// <param name="Toolchain">An official or custom name, or a path; null for the default toolchain.</param>
/// <param name="Components">What the project needs besides the profile.</param>
/// <param name="Targets">What the project is compiled for besides the host.</param>
/// <param name="Profile">What to install if the toolchain is missing; null for the configured one.</param>
public sealed record ToolchainFile(
    RequestedToolchain? Toolchain,
    IReadOnlyList<string> Components,
    IReadOnlyList<string> Targets,
    Profile? Profile)
{
    /// <summary>Wins over the other one in the same directory, and may hold nothing but a name.</summary>
    public const string OlderFileName = "rust-toolchain";

    public const string FileName = "rust-toolchain.toml";

    /// <param name="text">The file's text.</param>
    /// <param name="path">The file; its name tells which forms it may have.</param>
    public static ToolchainFile Parse(string text, string path)
    {
        var content = ParseContent(text, path);
        return content.Path is null ? ResolveChannel(content, path) : ResolvePath(content, content.Path);
    }

    private static Content ParseContent(string text, string path)
    {
        try
        {
            var lines = CountLines(text);
            if (lines == 0)
            {
                throw Empty();
            }
            var isOneName = lines == 1 && Path.GetFileName(path) == OlderFileName;
            return isOneName ? ParseName(text.Trim()) : ParseToml(text);
        }
        catch (StoreException cause)
        {
            throw new StoreException(StoreErrorKind.Usage, $"could not parse override file: '{path}'", cause);
        }
    }

    private static Content ParseName(string name)
    {
        if (name.Length == 0)
        {
            throw Empty();
        }
        return Path.IsPathFullyQualified(name) ? new Content { Path = name } : new Content { Channel = name };
    }

    private static Content ParseToml(string text)
    {
        Content content;
        try
        {
            content = ReadDocument(text);
        }
        catch (StoreException cause)
        {
            throw Invalid("error parsing override file", cause);
        }
        return content is { Channel: null, Path: null, Components: null, Targets: null }
            ? throw Invalid("missing toolchain properties in toolchain override file")
            : content;
    }

    private static Content ReadDocument(string text)
    {
        var cursor = new TomlCursor(text);
        Content? content = null;
        while (cursor.NextKey() is { } key)
        {
            if (key != "toolchain")
            {
                cursor.SkipValue();
                continue;
            }
            content ??= new Content();
            ReadTable(cursor, content);
        }
        return content ?? throw cursor.MissingField("toolchain", TomlPlace.Start);
    }

    private static void ReadTable(TomlCursor cursor, Content content)
    {
        cursor.EnterTable("struct ToolchainSection");
        while (cursor.NextKey() is { } key)
        {
            switch (key)
            {
                case "channel":
                    content.Channel = cursor.ReadString();
                    break;
                case "path":
                    content.Path = cursor.ReadString("path string");
                    break;
                case "components":
                    content.Components = cursor.ReadStrings();
                    break;
                case "targets":
                    content.Targets = cursor.ReadStrings();
                    break;
                case "profile":
                    content.Profile = cursor.ReadString();
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }
    }

    private static ToolchainFile ResolvePath(Content content, string path)
    {
        if (content.Channel is { } channel)
        {
            throw Invalid($"cannot specify both channel ({channel}) and path ({path}) simultaneously");
        }
        return content is { Components: null, Targets: null, Profile: null }
            ? new ToolchainFile(RequestedToolchain.ParsePath(path), [], [], null)
            : throw Invalid($"toolchain options are ignored for path toolchain ({path})");
    }

    private static ToolchainFile ResolveChannel(Content content, string path)
    {
        var toolchain = content.Channel is { } channel ? ResolveName(channel, path) : null;
        var profile = content.Profile is { Length: > 0 } name ? ProfileText.Parse(name) : (Profile?)null;
        return new ToolchainFile(toolchain, content.Components ?? [], content.Targets ?? [], profile);
    }

    private static RequestedToolchain ResolveName(string channel, string path)
    {
        try
        {
            return RequestedToolchain.ParseOfficialOrCustom(channel);
        }
        catch (StoreException)
        {
            // Rustup keeps the reason to itself, and the file's reader can see the name.
            throw Invalid($"invalid toolchain name detected in override file '{path}'");
        }
    }

    /// <summary>A newline at the end begins no further line.</summary>
    private static int CountLines(string text) => text.Count(character => character == '\n')
        + (text.Length > 0 && !text.EndsWith('\n') ? 1 : 0);

    private static StoreException Empty() => Invalid(
        "empty toolchain override file detected. Please remove it, " +
        "or else specify the desired toolchain properties in the file");

    private static StoreException Invalid(string message, Exception? cause = null) =>
        new(StoreErrorKind.Usage, message, cause);

    /// <summary>What the file says, before any of it is understood; whether a list was given matters.</summary>
    private sealed class Content
    {
        public string? Channel { get; set; }

        public string? Path { get; set; }

        public IReadOnlyList<string>? Components { get; set; }

        public IReadOnlyList<string>? Targets { get; set; }

        public string? Profile { get; set; }
    }
}
