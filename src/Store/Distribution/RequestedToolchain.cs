namespace ToolchainStore.Distribution;

/// <summary>
/// What a user names as a toolchain. Which kinds a place accepts differs, and so does the way it says no; hence one
/// parse function for each set.
/// </summary>
public abstract record RequestedToolchain
{
    private const string NoneText = "none";

    private RequestedToolchain()
    {
    }

    /// <summary><c>toolchain install</c>; <c>--toolchain</c> of <c>target</c>, <c>component</c>, <c>doc</c>.</summary>
    public static PartialToolchainName ParseOfficial(string text) =>
        PartialToolchainName.TryParse(text) ?? throw Invalid($"invalid toolchain name: '{text}'");

    /// <summary><c>toolchain link</c>.</summary>
    public static ToolchainName.Custom ParseCustom(string text)
    {
        var name = Trim(text);
        return ToolchainName.Custom.TryParse(name) ?? throw Invalid($"invalid custom toolchain name '{name}'");
    }

    /// <summary><c>rustup +toolchain</c>, <c>override set</c>, <c>uninstall</c>, toolchain files.</summary>
    public static RequestedToolchain ParseOfficialOrCustom(string text)
    {
        var name = Trim(text);
        return TryParseName(name) ?? throw Invalid($"invalid toolchain name '{name}'");
    }

    /// <summary>As <see cref="ParseOfficialOrCustom"/>; null if the text is neither.</summary>
    public static RequestedToolchain? TryParseOfficialOrCustom(string text) =>
        text.StartsWith('+') ? null : TryParseName(text.TrimEnd('/'));

    /// <summary><c>+toolchain</c> of a proxy, <c>RUSTUP_TOOLCHAIN</c>, <c>run</c>.</summary>
    public static RequestedToolchain ParseOfficialCustomOrPath(string text)
    {
        var name = Trim(text);
        return TryParseName(name) ?? ParsePath(name);
    }

    /// <summary><c>rustup default</c>.</summary>
    public static RequestedToolchain ParseOfficialCustomOrNone(string text) =>
        Trim(text) == NoneText ? new None() : ParseOfficialOrCustom(text);

    /// <summary><c>rustup-init --default-toolchain</c>.</summary>
    public static RequestedToolchain ParseOfficialOrNone(string text)
    {
        var name = Trim(text);
        if (name == NoneText)
        {
            return new None();
        }
        return PartialToolchainName.TryParse(name) is { } official
            ? new Official(official)
            : throw Invalid($"invalid official toolchain name '{name}'");
    }

    /// <summary>An absolute path. Whether a toolchain is there is for the caller to see.</summary>
    public static AtPath ParsePath(string path)
    {
        if (!path.AsSpan().ContainsAny('/', '\\'))
        {
            throw Invalid($"invalid path toolchain '{path}'");
        }
        return Path.IsPathFullyQualified(path)
            ? new AtPath(path)
            : throw Invalid($"relative path toolchain '{path}'");
    }

    /// <summary>Takes off the slash with which shells complete directories.</summary>
    private static string Trim(string text)
    {
        if (text.StartsWith('+'))
        {
            throw Invalid($"invalid toolchain name '{text}'; valid toolchain names do not start with '+'");
        }
        var name = text.TrimEnd('/');
        return name.Length > 0 ? name : throw Invalid($"invalid toolchain name '{text}'");
    }

    private static RequestedToolchain? TryParseName(string name)
    {
        if (PartialToolchainName.TryParse(name) is { } official)
        {
            return new Official(official);
        }
        return ToolchainName.Custom.TryParse(name) is { } custom ? new Custom(custom) : null;
    }

    private static StoreException Invalid(string message) => new(StoreErrorKind.Usage, message);

    public sealed record Official(PartialToolchainName Name) : RequestedToolchain;

    public sealed record Custom(ToolchainName.Custom Name) : RequestedToolchain;

    public sealed record AtPath(string Path) : RequestedToolchain;

    /// <summary>Explicitly no toolchain.</summary>
    public sealed record None : RequestedToolchain;
}
