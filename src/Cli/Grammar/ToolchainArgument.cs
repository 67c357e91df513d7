using System.Text.RegularExpressions;

namespace ToolchainStore.Cli.Grammar;

/// <summary>
/// Which toolchain names an argument accepts. Each member is given to an argument or option as its
/// <see cref="ITakesValues.FindFault"/>.
/// </summary>
/// <remarks>
/// A stand-in until the store's <c>RequestedToolchain</c> is there: the methods below are the only place
/// to plug it in; the reasons they return are rustup's interface text.
/// </remarks>
internal static partial class ToolchainArgument
{
    private const string Named = "Toolchain name, such as 'stable', 'nightly', ";
    private const string More = " For more information see `rustup help toolchain`";

    internal const string OfficialDescription = Named + "or '1.8.0'." + More;
    internal const string AnyDescription = Named + "'1.8.0', or a custom toolchain name." + More;
    internal const string AnyOrPathDescription =
        Named + "'1.8.0', or a custom toolchain name, or an absolute path." + More;
    internal const string AnyOrNoneDescription =
        "'none', a toolchain name, such as 'stable', 'nightly', '1.8.0', or a custom toolchain name." + More;

    /// <summary>A channel with an optional date and host: <c>nightly-2026-01-02</c>.</summary>
    internal static string? FindOfficialFault(string name) =>
        OfficialName().IsMatch(name) ? null : $"invalid toolchain name: '{name}'";

    internal static string? FindAnyFault(string name) =>
        OfficialName().IsMatch(name) || IsCustom(name) ? null
        : name.StartsWith('+') ? FormatPlusFault(name)
        : $"invalid toolchain name '{name}'";

    internal static string? FindAnyOrNoneFault(string name) => name == "none" ? null : FindAnyFault(name);

    /// <summary>Also an absolute path, which <c>rustup run</c> accepts.</summary>
    internal static string? FindAnyOrPathFault(string name) => name switch
    {
        "" => "invalid toolchain name ''",
        "none" => "invalid path toolchain 'none'",
        ['+', ..] => FormatPlusFault(name),
        _ when Path.IsPathFullyQualified(name) => Directory.Exists(Path.Combine(name, "bin"))
            ? null
            : $"invalid toolchain: the path '{name}' has no bin/ directory",
        _ when FindAnyFault(name) is null => null,
        _ => $"relative path toolchain '{name}'",
    };

    internal static string? FindCustomFault(string name) =>
        name.Length == 0 ? "invalid toolchain name ''"
        : name.StartsWith('+') ? FormatPlusFault(name)
        : IsCustom(name) ? null
        : $"invalid custom toolchain name '{name}'";

    /// <summary>What the installer accepts as the default toolchain.</summary>
    internal static string? FindOfficialOrNoneFault(string name) =>
        name.Length == 0 ? "invalid toolchain name ''"
        : name == "none" || OfficialName().IsMatch(name) ? null
        : $"invalid official toolchain name '{name}'";

    /// <summary>The <c>+toolchain</c> before the verb; anything else there is a mistyped verb.</summary>
    internal static string? FindPlusFault(string word)
    {
        if (word.StartsWith('+'))
        {
            return FindAnyFault(word[1..]) is { } fault ? $"error: {fault}" : null;
        }
        return $"error: \"{word}\" is not a valid subcommand, so it was interpreted as a toolchain name, " +
            "but it is also invalid. To override the toolchain using the 'rustup +toolchain' syntax, " +
            "make sure to prefix the toolchain override with a '+'";
    }

    /// <summary>The <c>--toolchain</c> of the verbs that need a manifest.</summary>
    internal static TextOption OfficialOption() =>
        new("--toolchain", "TOOLCHAIN", OfficialDescription) { FindFault = FindOfficialFault };

    [GeneratedRegex(
        @"\A(nightly|beta|stable|\d\.\d{1,3}(\.\d{1,2})?(-beta(\.\d{1,2})?)?)(-\d{4}-\d{2}-\d{2})?(-.+)?\z")]
    private static partial Regex OfficialName();

    private static string FormatPlusFault(string name) =>
        $"invalid toolchain name '{name}'; valid toolchain names do not start with '+'";

    private static bool IsCustom(string name)
    {
        var trimmed = name.TrimEnd('/');
        return trimmed is not ("" or "none")
            && !trimmed.StartsWith('+')
            && !trimmed.Contains('/', StringComparison.Ordinal)
            && !OfficialName().IsMatch(trimmed);
    }
}
