namespace ToolchainStore.Cli.Grammar;

/// <summary>Why reading stopped before any verb could run: help, version or a mistake.</summary>
/// <param name="Text">What to print, complete with its last line break.</param>
internal sealed record ParseStop(string Text, bool IsOnOutput, int ExitCode)
{
    internal static ParseStop Help(Verb verb, int width) => new(HelpText.Format(verb, width), true, 0);

    internal static ParseStop Version(Verb verb) => new(Cli.Version.Line(verb.Name) + "\n", true, 0) { IsVersion = true };

    /// <summary>Whether the version was asked for: the program then says more about itself.</summary>
    internal bool IsVersion { get; private init; }

    /// <summary>A group without its verb: the help again, but it is not what was asked for.</summary>
    internal static ParseStop HelpInstead(Verb verb, int width) => new(HelpText.Format(verb, width), true, 1);
}
