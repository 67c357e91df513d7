using System.Text.RegularExpressions;

namespace ToolchainStore.Cli.Output;

/// <summary>
/// Takes out of a text what says who and where somebody is: homes, user, machine, every other path that is not the system's, and
/// passwords in urls. What is left can be shown to strangers.
/// </summary>
internal sealed partial class PrivateText(IReadOnlyList<(string Value, string Name)> known)
{
    // The longest first: a home within another one has a name of its own.
    private readonly IReadOnlyList<(string Value, string Name)> known =
        [.. known.Where(pair => pair.Value.Length > 1).OrderByDescending(pair => pair.Value.Length)];

    internal string Hide(string text)
    {
        text = Credentials().Replace(text, "$1***@");
        foreach (var (value, name) in known)
        {
            text = Regex.Replace(text, $@"(?<![\w.-]){Regex.Escape(value)}(?![\w-])", name.Replace("$", "$$", StringComparison.Ordinal));
        }
        return OtherPath().Replace(PathInHome().Replace(text, "$$HOME/PATH"), "PATH");
    }

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://)[^\s/@]+@")]
    private static partial Regex Credentials();

    [GeneratedRegex(@"\$HOME/[^\s'"",;)]+")]
    private static partial Regex PathInHome();

    // Not after a name that was put in, nor within a url.
    [GeneratedRegex(@"(?<![\w/:.$}-])/(?!(?:usr|etc|proc|dev|bin|lib|lib64|sbin|sys)(?:/|\b))[^\s'"",;)]+")]
    private static partial Regex OtherPath();
}
