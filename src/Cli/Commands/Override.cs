using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup override</c></summary>
internal static class Override
{
    private const string Discussion =
        """
        Overrides configure Rustup to use a specific toolchain when
        running in a specific directory.

        Directories can be assigned their own Rust toolchain with `rustup
        override`. When a directory has an override then any time `rustc`
        or `cargo` is run inside that directory, or one of its child
        directories, the override toolchain will be invoked.

        To pin to a specific nightly:

          $ rustup override set nightly-2014-12-18

        Or a specific stable release:

          $ rustup override set 1.0.0

        To see the active toolchain use `rustup show`. To remove the
        override and use the default toolchain again, `rustup override
        unset`.
        """;

    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("override", "Modify toolchain overrides for directories")
        {
            Discussion = Discussion,
        };
        verb.Add(OverrideList.Create(context));
        verb.Add(OverrideSet.Create(context));
        verb.Add(OverrideUnset.Create(context));
        return verb;
    }
}
