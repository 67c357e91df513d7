using ToolchainStore.Distribution;
using ToolchainStore.Messages;

namespace ToolchainStore.Cli;

/// <summary>The default toolchain as lists show it.</summary>
internal static class DefaultToolchain
{
    /// <summary>Its full name; null if none is configured, or the setting is no name.</summary>
    internal static string? Find(Workspace workspace)
    {
        if (workspace.Reading.DefaultToolchain is not { } text)
        {
            return null;
        }
        return ToolchainName.TryParse(text) is ToolchainName.Custom || PartialToolchainName.TryParse(text) is not { } partial
            ? text
            : partial.Resolve(workspace.Reading.DefaultHost).Text;
    }

    /// <summary>What follows a name in a list.</summary>
    internal static string Mark(bool isActive, bool isDefault) => (isActive, isDefault) switch
    {
        (true, true) => TextStyle.Remark.Apply(" (active, default)"),
        (true, false) => TextStyle.Remark.Apply(" (active)"),
        (false, true) => TextStyle.Remark.Apply(" (default)"),
        _ => "",
    };
}
