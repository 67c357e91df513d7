using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Grammar;

/// <summary>
/// Which toolchain names an argument accepts. Each member is given to an argument or option as its
/// <see cref="ITakesValues.FindFault"/>.
/// </summary>
internal static class ToolchainArgument
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
    internal static string? FindOfficialFault(string name) => FaultOf(RequestedToolchain.ParseOfficial, name);

    internal static string? FindAnyFault(string name) => FaultOf(RequestedToolchain.ParseOfficialOrCustom, name);

    internal static string? FindAnyOrNoneFault(string name) =>
        FaultOf(RequestedToolchain.ParseOfficialCustomOrNone, name);

    /// <summary>Also the absolute path of a toolchain, which <c>rustup run</c> accepts.</summary>
    internal static string? FindAnyOrPathFault(string name) =>
        FaultOf(RequestedToolchain.ParseOfficialCustomOrPath, name)
            ?? (RequestedToolchain.ParseOfficialCustomOrPath(name) is RequestedToolchain.AtPath { Path: var path }
                && !Machine.Host.Files.IsDirectory(Path.Combine(path, "bin"))
                    ? $"invalid toolchain: the path '{path}' has no bin/ directory"
                    : null);

    internal static string? FindCustomFault(string name) => FaultOf(RequestedToolchain.ParseCustom, name);

    /// <summary>What the installer accepts as the default toolchain.</summary>
    internal static string? FindOfficialOrNoneFault(string name) =>
        FaultOf(RequestedToolchain.ParseOfficialOrNone, name);

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

    private static string? FaultOf(Func<string, object> parse, string name)
    {
        try
        {
            parse(name);
            return null;
        }
        catch (StoreException refused)
        {
            return refused.Message;
        }
    }
}
