using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup run</c></summary>
internal static class RunInToolchain
{
    private const string Discussion =
        """
        Configures an environment to use the given toolchain and then runs
        the specified program. The command may be any program, not just
        rustc or cargo. This can be used for testing arbitrary toolchains
        without setting an override.

        Commands explicitly proxied by `rustup` (such as `rustc` and
        `cargo`) also have a shorthand for this available. The toolchain
        can be set by using `+toolchain` as the first argument. These are
        equivalent:

          $ cargo +nightly build

          $ rustup run nightly cargo build
        """;

    internal static Command Create(CommandContext context)
    {
        var toolchain = TextArgument.Required(
            "TOOLCHAIN", ToolchainArgument.AnyOrPathDescription, ToolchainArgument.FindAnyOrPathFault);
        var command = ListArgument.OneOrMore("COMMAND", "");
        var install = new Flag("--install", "Install the requested toolchain if needed");
        var offline = SharedFlags.Offline();
        var verb = new Verb("run", "Run a command with an environment configured for a given toolchain")
        {
            Discussion = Discussion,
            PassesArgumentsThrough = true,
        };
        verb.Add(toolchain);
        verb.Add(command);
        verb.Add(install);
        verb.Add(offline);
        verb.SetAction(parse =>
        {
            SharedFlags.ApplyOffline(parse.GetValue(offline));
            return Run(
                context,
                parse.GetRequiredValue(toolchain),
                parse.GetRequiredValue(command),
                parse.GetValue(install));
        });
        return verb;
    }

    private static int Run(
        CommandContext context,
        string toolchain,
        IReadOnlyList<string> command,
        bool install)
    {
        using var workspace = new Workspace(context);
        var reference = workspace.Reading.Resolve(RequestedToolchain.ParseOfficialCustomOrPath(toolchain));
        if (install && reference is ToolchainReference.Named { Name: ToolchainName.Official name } && workspace.Locate(reference) is null)
        {
            workspace.Writing.Follow(new FollowRequest { Name = name, Profile = workspace.Profile, MayUpdate = false });
        }
        using var held = workspace.Locate(reference) is { } location ? workspace.Reading.Hold(location) : null;
        return Become(workspace, reference, held ?? throw Workspace.NotInstalled(reference, isActive: false), command);
    }

    private static int Become(
        Workspace workspace,
        ToolchainReference reference,
        HeldToolchain held,
        IReadOnlyList<string> command)
    {
        var location = held.Location;
        // A tool of the toolchain, else whatever PATH has.
        var tool = command[0];
        var own = Path.Combine(location.SysrootPath, "bin", tool + (OperatingSystem.IsWindows() ? ".exe" : ""));
        var isOwn = workspace.Files.IsFile(own);
        var pin = location is ToolchainLocation.Stored stored
            ? new PinnedTree(workspace.Reading.StoreId, stored.Name, stored.TreeId)
            : null;
        ToolEnvironment.Apply(workspace.Homes, reference.Text, source: null, location.SysrootPath, pin);
        if (isOwn)
        {
            ToolEnvironment.ReplaceCargo(workspace.Files, own);
        }
        held.KeepAcrossExec();
        // Byte for byte, as the kernel has them: arguments need not be UTF-8.
        var arguments = ProcessImage.ReadArguments().TakeLast(command.Count - 1).ToList();
        try
        {
            return ProcessImage.Become(isOwn ? own : tool, arguments, searchesPath: !isOwn);
        }
        catch (FileSystemException refused)
        {
            if (isOwn && TreeHolder.FindDamage(workspace.Files, new StoreLayout(workspace.Homes.RustupHome), own) is { } damage)
            {
                throw new StoreException(StoreErrorKind.Corrupt, damage, refused);
            }
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"command failed: '{tool}'",
                refused.Error switch
                {
                    FileSystemError.NotFound => new StoreException(StoreErrorKind.NotFound, "No such file or directory (os error 2)"),
                    FileSystemError.AccessDenied => new StoreException(StoreErrorKind.Disk, "Permission denied (os error 13)"),
                    _ => refused,
                });
        }
    }
}
