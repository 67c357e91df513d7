using ToolchainStore.Distribution;
using ToolchainStore.Journal;

namespace ToolchainStore.Toolchains;

/// <summary>When documentation, which is nearly all of a release's files, is unpacked.</summary>
public enum DocumentationMode
{
    /// <summary>With everything else, as rustup does.</summary>
    Eager,

    /// <summary>After the command has returned.</summary>
    Background,

    /// <summary>When somebody asks for it.</summary>
    OnDemand,
}

/// <summary>The texts of <see cref="DocumentationMode"/>, in the journal and on the command line.</summary>
public static class DocumentationModeText
{
    public static IReadOnlyList<string> All { get; } = ["eager", "background", "on-demand"];

    public static DocumentationMode? TryParse(string? text) => text switch
    {
        "eager" => DocumentationMode.Eager,
        "background" => DocumentationMode.Background,
        "on-demand" => DocumentationMode.OnDemand,
        _ => null,
    };

    internal static DocumentationMode Read(JournalSession session) =>
        TryParse(session.Settings.Find(SettingKeys.Documentation)) ?? DocumentationMode.Eager;

    /// <summary>The one rule of what waits to be unpacked.</summary>
    internal static bool Defers(this DocumentationMode mode, Component component) =>
        mode != DocumentationMode.Eager && component.IsDocumentation;
}
