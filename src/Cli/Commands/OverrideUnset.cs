using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

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
        var path = new TextOption("--path", "PATH", "Path to the directory") { IsPath = true };
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

    private static int Run(CommandContext context, string? path, bool nonexistentOnly)
    {
        using var workspace = new Workspace(context);
        var paths = nonexistentOnly
            ? [.. workspace.Writing.ListOverrides().Select(entry => entry.Path).Where(entry => !workspace.Files.IsDirectory(entry))]
            : new[] { path ?? Environment.CurrentDirectory };
        if (paths.Length == 0)
        {
            workspace.Reporter.Info("no nonexistent paths detected");
        }
        foreach (var given in paths)
        {
            var removed = workspace.Writing.RemoveOverrides([workspace.Files.Canonicalize(given) ?? given]);
            if (removed.Count > 0)
            {
                workspace.Reporter.Info($"override toolchain for '{given}' removed");
                continue;
            }
            workspace.Reporter.Info($"no override toolchain for '{given}'");
            if (path is null && !nonexistentOnly)
            {
                workspace.Reporter.Info(
                    "you may use `--path <path>` option to remove override toolchain for a specific path");
            }
        }
        return 0;
    }
}
