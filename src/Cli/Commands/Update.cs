using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup update</c></summary>
internal static class Update
{
    private const string Discussion =
        """
        With no toolchain specified, the `update` command updates each of
        the installed toolchains from the official release channels, then
        updates rustup itself.

        If given a toolchain argument then `update` updates that
        toolchain, the same as `rustup toolchain install`.

        Some environment variables allow you to customize certain parameters
        in toolchain installation, including:

        - `RUSTUP_CONCURRENT_DOWNLOADS`: the number of concurrent downloads.
        - `RUSTUP_DOWNLOAD_TIMEOUT`: the download timeout in seconds.

        See <https://rust-lang.github.io/rustup/devel/environment-variables.html>
        for more info.
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchains = ListArgument.ZeroOrMore(
            "TOOLCHAIN", ToolchainArgument.OfficialDescription, name => FindFault(context, name));
        var noSelfUpdate = SharedFlags.NoSelfUpdate("update");
        var force = SharedFlags.Force();
        var forceNonHost = SharedFlags.ForceNonHost();
        var verb = new Verb("update", "Update Rust toolchains and rustup") { Discussion = Discussion };
        verb.Aliases.Add("upgrade");
        verb.Aliases.Add("up");
        verb.Add(toolchains);
        verb.Add(noSelfUpdate);
        verb.Add(force);
        verb.Add(forceNonHost);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(toolchains),
            parse.GetValue(noSelfUpdate),
            parse.GetValue(force),
            parse.GetValue(forceNonHost)));
        return verb;
    }

    private static string? FindFault(CommandContext context, string name)
    {
        if (name == "self")
        {
            context.Error.WriteLine("info: if you meant to update rustup itself, use `rustup self update`");
        }
        return ToolchainArgument.FindOfficialFault(name);
    }

    private static int Run(
        CommandContext context,
        IReadOnlyList<string> toolchains,
        bool noSelfUpdate,
        bool force,
        bool forceNonHost) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
