using System.Collections.Immutable;
using System.Text;
using ToolchainStore.Distribution;
using ToolchainStore.Toml;

namespace ToolchainStore.Toolchains;

/// <summary>
/// The text of <c>settings.toml</c>. Rustup 1.29.0 may write the file too, so ours is the same byte for byte, and
/// what neither knows is dropped.
/// </summary>
public static class SettingsFile
{
    private const string Enable = "enable";
    private const string Disable = "disable";

    /// <param name="text">The file's text.</param>
    /// <param name="path">The file, for the error.</param>
    public static Settings Parse(string text, string path)
    {
        try
        {
            return Read(new TomlCursor(text));
        }
        catch (StoreException cause)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"could not parse settings file: '{path}'"
                + "\nhelp: correct it, or run `rustup store verify --repair`, which writes it anew from what the store remembers",
                new StoreException(StoreErrorKind.Corrupt, "error parsing settings", cause));
        }
    }

    /// <summary>The default toolchain of a file that holds nothing else of interest, not even a version.</summary>
    public static string? ParseFallbackDefault(string text)
    {
        try
        {
            var cursor = new TomlCursor(text);
            string? name = null;
            while (cursor.NextKey() is { } key)
            {
                if (key == "default_toolchain")
                {
                    name = cursor.ReadString();
                }
                else
                {
                    cursor.SkipValue();
                }
            }
            return name;
        }
        catch (StoreException cause)
        {
            throw new StoreException(StoreErrorKind.Corrupt, "error parsing settings", cause);
        }
    }

    public static string Format(Settings settings)
    {
        StringBuilder text = new();
        Append("version", settings.Version.ToString());
        Append("default_host_triple", settings.DefaultHost);
        Append("default_toolchain", settings.DefaultToolchain);
        Append("profile", settings.Profile is { } profile ? ProfileText.Format(profile) : null);
        Append("pgp_keys", settings.PgpKeys);
        Append("auto_self_update", settings.AutoSelfUpdate is { } mode ? SelfUpdateModeText.Format(mode) : null);
        Append("auto_install", settings.AutoInstall is { } isEnabled ? isEnabled ? Enable : Disable : null);
        text.Append("\n[overrides]\n");
        foreach (var (directory, toolchain) in settings.Overrides)
        {
            Append(directory, toolchain);
        }
        return text.ToString();

        void Append(string key, string? value)
        {
            if (value is not null)
            {
                text.Append($"{TomlText.FormatKey(key)} = {TomlText.FormatString(value)}\n");
            }
        }
    }

    private static Settings Read(TomlCursor cursor)
    {
        var settings = Settings.Initial;
        var hasVersion = false;
        string? laterHost = null;
        while (cursor.NextKey() is { } key)
        {
            switch (key)
            {
                case "version":
                    settings = settings with { Version = cursor.ReadVariant(TryParseVersion, "2", "12") };
                    hasVersion = true;
                    break;
                case "default_host_triple":
                    settings = settings with { DefaultHost = cursor.ReadString() };
                    break;
                case "default_host_tuple":
                    // What rustup calls it after 1.29; we understand both and write the one that 1.29 does.
                    laterHost = cursor.ReadString();
                    break;
                case "default_toolchain":
                    settings = settings with { DefaultToolchain = cursor.ReadString() };
                    break;
                case "profile":
                    settings = settings with
                    {
                        Profile = cursor.ReadVariant(ProfileText.TryParse, [.. ProfileText.All]),
                    };
                    break;
                case "pgp_keys":
                    settings = settings with { PgpKeys = cursor.ReadString() };
                    break;
                case "auto_self_update":
                    settings = settings with
                    {
                        AutoSelfUpdate = cursor.ReadVariant(SelfUpdateModeText.TryParse, [.. SelfUpdateModeText.All]),
                    };
                    break;
                case "auto_install":
                    settings = settings with { AutoInstall = cursor.ReadVariant(TryParseSwitch, Enable, Disable) };
                    break;
                case "overrides":
                    settings = settings with { Overrides = ReadOverrides(cursor, settings.Overrides) };
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }
        if (!hasVersion)
        {
            throw cursor.MissingField("version", TomlPlace.Start);
        }
        return settings with { DefaultHost = settings.DefaultHost ?? laterHost };
    }

    private static ImmutableSortedDictionary<string, string> ReadOverrides(
        TomlCursor cursor, ImmutableSortedDictionary<string, string> overrides)
    {
        var builder = overrides.ToBuilder();
        cursor.EnterTable();
        while (cursor.NextKey() is { } directory)
        {
            builder[directory] = cursor.ReadString();
        }
        return builder.ToImmutable();
    }

    private static int? TryParseVersion(string text) => text switch
    {
        "2" => Settings.ObsoleteVersion,
        "12" => Settings.CurrentVersion,
        _ => null,
    };

    private static bool? TryParseSwitch(string text) => text switch
    {
        Enable => true,
        Disable => false,
        _ => null,
    };
}
