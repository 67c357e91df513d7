using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override unset</c></summary>
internal static class OverrideUnset
{
    private const string Discussion =
        """
        If `--path` argument is present, removes the override toolchain
        for the specified directory. If `--nonexistent` argument is
        present, removes the override toolchain for all nonexistent
        directories. Otherwise, removes the override toolchain for the
        current directory.
        """;

    internal static Command Create(CommandContext context)
    {
        var path = new TextOption("--path", "PATH", "Path to the directory");
        var nonexistentOnly = new Flag(
            "--nonexistent", "Remove override toolchain for all nonexistent directories");
        var verb = new Verb("unset", "Remove the override toolchain for a directory")
        {
            Discussion = Discussion,
        };
        verb.Aliases.Add("remove");
        verb.Aliases.Add("rm");
        verb.Aliases.Add("delete");
        verb.Aliases.Add("del");
        verb.Add(path);
        verb.Add(nonexistentOnly);
        verb.SetAction(parse => Run(context, parse.GetValue(path), parse.GetValue(nonexistentOnly)));
        return verb;
    }

    private static int Run(CommandContext context, string? path, bool nonexistentOnly) =>
        throw new StoreException(StoreErrorKind.Usage, "not built yet");
}
