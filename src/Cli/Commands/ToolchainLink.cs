using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain link</c></summary>
internal static class ToolchainLink
{
    private const string Discussion =
        """
        'toolchain' is the custom name to be assigned to the new toolchain.
        Any name is permitted as long as:
        - it does not include '/' or '\' except as the last character
        - it is not equal to 'none'
        - it does not fully match an initialsubstring of a standard release channel.
        For example, you can use the names 'latest' or '2017-04-01' but you cannot
        use 'stable' or 'beta-i686' or 'nightly-x86_64-unknown-linux-gnu'.

        'path' specifies the directory where the binaries and libraries for
        the custom toolchain can be found. For example, when used for
        development of Rust itself, toolchains can be linked directly out of
        the build directory. After building, you can test out different
        compiler versions as follows:

          $ rustup toolchain link latest-stage1 build/x86_64-unknown-linux-gnu/stage1
          $ rustup override set latest-stage1

        If you now compile a crate in the current directory, the custom
        toolchain 'latest-stage1' will be used.
        """;

    internal static Command Create(CommandContext context)
    {
        var name = TextArgument.Required(
            "TOOLCHAIN", "Custom toolchain name", ToolchainArgument.FindCustomFault);
        var path = TextArgument.RequiredPath("PATH", "Path to the directory");
        var verb = new Verb("link", "Create a custom toolchain by symlinking to a directory")
        {
            Discussion = Discussion,
        };
        verb.Add(name);
        verb.Add(path);
        verb.SetAction(parse => Run(
            context,
            parse.GetRequiredValue(name),
            parse.GetRequiredValue(path)));
        return verb;
    }

    private static int Run(CommandContext context, string name, string path)
    {
        using var workspace = new Workspace(context);
        var custom = RequestedToolchain.ParseCustom(name);
        // Checked as given, so that messages quote what the user wrote.
        RequireDirectory(workspace, Path.Combine(path, "lib"));
        RequireDirectory(workspace, Path.Combine(path, "bin"));
        var compiler = Path.Combine(path, "bin", OperatingSystem.IsWindows() ? "rustc.exe" : "rustc");
        if (!workspace.Files.IsFile(compiler))
        {
            throw new StoreException(StoreErrorKind.Usage, $"not a file: '{compiler}'");
        }
        workspace.Writing.Link(custom, Path.GetFullPath(path));
        return 0;
    }

    private static void RequireDirectory(Workspace workspace, string path)
    {
        if (!workspace.Files.IsDirectory(path))
        {
            throw new StoreException(StoreErrorKind.Usage, $"not a directory: '{path}'");
        }
    }
}
