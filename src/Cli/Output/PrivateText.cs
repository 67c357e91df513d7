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
        text = FileUrl().Replace(UrlQuery().Replace(Messages.Credentials.Hide(text), "$1?***"), "file://PATH");
        text = MountSource().Replace(text, "SERVER:PATH");
        foreach (var (value, name) in known)
        {
            text = Regex.Replace(text, $@"(?<![\w.-]){Regex.Escape(value)}(?![\w-])", name.Replace("$", "$$", StringComparison.Ordinal));
        }
        text = OtherPath().Replace(RelativePath().Replace(PathInHome().Replace(text, "$$HOME/PATH"), "PATH"), "PATH");
        return PathArgument().Replace(text, "$1PATH");
    }

    [GeneratedRegex(@"(\b[a-z][a-z0-9+.-]*://[^\s?'""]+)\?[^\s'""]+")]
    private static partial Regex UrlQuery();

    [GeneratedRegex(@"\bfile://(?!PATH)[^\s'"",;)]+")]
    private static partial Regex FileUrl();

    // server:/exported/directory
    [GeneratedRegex(@"(?<![\w/.-])(?!file:|https?:)[\w.-]+:/(?!/)[^\s'"",;)]+")]
    private static partial Regex MountSource();

    [GeneratedRegex(@"\$HOME/[^\s'"",;)]+")]
    private static partial Regex PathInHome();

    [GeneratedRegex(@"(?<![\w/:.$}-])(?:\.{1,2}/|~/)[^\s'"",;)]+")]
    private static partial Regex RelativePath();

    // What is a directory or file whatever it looks like.
    [GeneratedRegex(@"(\brustup\b[^\n`]*?(?:--path[ =]|--from[ =]|\bstore (?:export|import) (?:-\S+ )*|\btoolchain link \S+ ))(?!PATH|-|\$)[^\s'""`,;)]+")]
    private static partial Regex PathArgument();

    // Not after a name that was put in, nor within a url.
    [GeneratedRegex(@"(?<![\w/:.$}-])/(?!(?:usr|etc|proc|dev|bin|lib|lib64|sbin|sys)(?:/|\b))[^\s'"",;)]+")]
    private static partial Regex OtherPath();
}
