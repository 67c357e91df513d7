using System.CommandLine;
using ToolchainStore.Cli.Grammar;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup toolchain</c></summary>
internal static class Toolchain
{
    private const string Discussion =
        """
        Many `rustup` commands deal with *toolchains*, a single
        installation of the Rust compiler. `rustup` supports multiple
        types of toolchains. The most basic track the official release
        channels: 'stable', 'beta' and 'nightly'; but `rustup` can also
        install specific toolchains from the official archives, toolchains for
        alternate host platforms, and from local builds ('custom toolchains').

        Standard release channel toolchain names have the following form:

          <channel>[-<date>][-<host>]

          <channel>       = stable|beta|nightly|<versioned>[-<prerelease>]
          <versioned>     = <major.minor>|<major.minor.patch>
          <prerelease>    = beta[.<number>]
          <date>          = YYYY-MM-DD
          <host>          = <target-triple>

        'channel' is a named release channel, a major and minor version
        number such as `1.42`, or a fully specified version number, such
        as `1.42.0`. Channel names can be optionally appended with an
        archive date, as in `nightly-2014-12-18`, in which case the
        toolchain is downloaded from the archive for that date.

        The host may be specified as a target tuple. This is most useful
        for installing a 32-bit compiler on a 64-bit platform, or for
        installing the [MSVC-based toolchain] on Windows. For example:

          $ rustup toolchain install stable-x86_64-pc-windows-msvc

        For convenience, omitted elements of the target tuple will be
        inferred, so the above could be written:

          $ rustup toolchain install stable-msvc

        The `rustup default` command may be used to both install and set
        the desired toolchain as default in a single command:

          $ rustup default stable-msvc

        rustup can also manage symlinked local toolchain builds, which are
        often used for developing Rust itself. For more information see
        `rustup toolchain help link`.
        """;

    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("toolchain", "Install, uninstall, or list toolchains")
        {
            Discussion = Discussion,
        };
        verb.Add(ToolchainList.Create(context));
        verb.Add(ToolchainInstall.Create(context));
        verb.Add(ToolchainUninstall.Create(context));
        verb.Add(ToolchainLink.Create(context));
        verb.Add(ToolchainHistory.Create(context));
        verb.Add(ToolchainRollback.Create(context));
        verb.Add(ToolchainKeep.Create(context));
        return verb;
    }
}
