using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>The default toolchain that the owner of a machine chose for users who chose none.</summary>
public static class FallbackSettings
{
    private const string UnixPath = "/etc/rustup/settings.toml";

    /// <summary>Null if there is no such file, it may not be read, or it chooses none.</summary>
    public static string? FindDefault()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }
        var path = Environment.GetEnvironmentVariable("RUSTUP_OVERRIDE_UNIX_FALLBACK_SETTINGS") is { Length: > 0 } given
            ? given
            : UnixPath;
        var files = Machine.HostFiles.Files;
        if (files.IsDirectory(path))
        {
            throw new StoreException(
                StoreErrorKind.Usage, $"could not read fallback settings file: '{path}': Is a directory (os error 21)");
        }
        if (files.TryReadText(path) is not { } text || SettingsFile.ParseFallbackDefault(text) is not { } name)
        {
            return null;
        }
        RequestedToolchain.ParseOfficialOrCustom(name);
        return name;
    }
}
