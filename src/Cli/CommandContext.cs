using ToolchainStore.Messages;

namespace ToolchainStore.Cli;

/// <summary>What every verb needs: where to write, and what was said before the verb.</summary>
/// <remarks>
/// The command tree is created before the arguments are read; the last two are filled in between.
/// </remarks>
internal sealed class CommandContext(TextWriter output, TextWriter error, MessageFormat? messages = null)
{
    /// <summary>Texts are written with colours; the writer takes them out where they are not wanted.</summary>
    internal TextWriter Output { get; } = output;

    internal TextWriter Error { get; } = error;

    internal MessageFormat Messages { get; } = messages ?? new MessageFormat(directives: null, listsCauses: false);

    internal bool IsQuiet { get; private set; }

    /// <summary>The <c>+toolchain</c> before the verb, without its plus sign.</summary>
    internal string? ToolchainOverride { get; set; }

    /// <summary>Follows <c>--verbose</c> and <c>--quiet</c>.</summary>
    internal void SetVerbosity(bool isVerbose, bool isQuiet)
    {
        IsQuiet = isQuiet;
        Messages.Threshold = isVerbose ? MessageLevel.Debug : isQuiet ? MessageLevel.Warn : MessageLevel.Info;
    }
}
