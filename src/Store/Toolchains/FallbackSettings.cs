using ToolchainStore.Platform;

namespace ToolchainStore.Toolchains;

/// <summary>The default toolchain that the owner of a machine chose for users who chose none.</summary>
public static class FallbackSettings
{
    private const string UnixPath = "/etc/rustup/settings.toml";

    /// <summary>Null if there is no such file, or it may not be read.</summary>
    public static string? FindDefault()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }
        var path = Environment.GetEnvironmentVariable("RUSTUP_OVERRIDE_UNIX_FALLBACK_SETTINGS") is { Length: > 0 } given
            ? given
            : UnixPath;
        return Machine.Host.Files.TryReadText(path) is { } text ? SettingsFile.Parse(text, path).DefaultToolchain : null;
    }
}
