namespace ToolchainStore.Cli;

/// <summary>What every verb needs: where to write, and what was said before the verb.</summary>
/// <remarks>
/// The command tree is created before the arguments are read; the last three are filled in between.
/// </remarks>
internal sealed class CommandContext(TextWriter output, TextWriter error)
{
    internal TextWriter Output { get; } = output;

    internal TextWriter Error { get; } = error;

    internal bool IsVerbose { get; set; }

    internal bool IsQuiet { get; set; }

    /// <summary>The <c>+toolchain</c> before the verb, without its plus sign.</summary>
    internal string? ToolchainOverride { get; set; }
}
