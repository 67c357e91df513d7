using System.Text;

namespace ToolchainStore.Messages;

/// <summary>
/// How words are set off, in the codes that rustup writes. Texts are made with them; whoever writes to something that
/// shows no colours takes them out again.
/// </summary>
public readonly record struct TextStyle(string Codes)
{
    private const char Escape = '\u001b';
    private const string Reset = "\u001b[0m";

    public static TextStyle Bold { get; } = new("\u001b[1m");

    public static TextStyle Dim { get; } = new("\u001b[2m");

    /// <summary>Headings, and what went well.</summary>
    public static TextStyle Good { get; } = new("\u001b[1m\u001b[92m");

    /// <summary>What failed, and the mistakes of a command line.</summary>
    public static TextStyle Bad { get; } = new("\u001b[1m\u001b[91m");

    /// <summary>What deserves a look: an update, a word that is not understood.</summary>
    public static TextStyle Notable { get; } = new("\u001b[1m\u001b[33m");

    /// <summary>The remark behind an entry of a list.</summary>
    public static TextStyle Remark { get; } = new("\u001b[1m\u001b[94m");

    /// <summary>What can be typed as it is.</summary>
    public static TextStyle Literal { get; } = new("\u001b[1m\u001b[96m");

    /// <summary>What stands for something that is to be typed.</summary>
    public static TextStyle Placeholder { get; } = new("\u001b[36m");

    public string Apply(string text) => Codes + text + Reset;

    /// <summary>Whether RUSTUP_TERM_COLOR wants colours in a stream; a terminal gets them as the customs of terminals are.</summary>
    public static bool IsWanted(bool isTerminal) => Environment.GetEnvironmentVariable("RUSTUP_TERM_COLOR") switch
    {
        { } always when always.Equals("always", StringComparison.OrdinalIgnoreCase) => true,
        { } never when never.Equals("never", StringComparison.OrdinalIgnoreCase) => false,
        _ => isTerminal && IsCustomary(),
    };

    private static bool IsCustomary()
    {
        if (Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 })
        {
            return false;
        }
        var wish = Environment.GetEnvironmentVariable("CLICOLOR");
        return Environment.GetEnvironmentVariable("CLICOLOR_FORCE") is { Length: > 0 }
            || (wish != "0"
                && (wish is not null
                    || Environment.GetEnvironmentVariable("TERM") is not (null or "dumb")
                    || Environment.GetEnvironmentVariable("CI") is not null));
    }

    /// <summary>The text without its codes.</summary>
    public static string Strip(string text)
    {
        if (!text.Contains(Escape, StringComparison.Ordinal))
        {
            return text;
        }
        var plain = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var length = MeasureCode(text.AsSpan(index));
            if (length == 0)
            {
                plain.Append(text[index]);
            }
            index += Math.Max(length - 1, 0);
        }
        return plain.ToString();
    }

    /// <summary>How long the code is that a text begins with; 0 if it begins with none.</summary>
    private static int MeasureCode(ReadOnlySpan<char> text)
    {
        if (text is not [Escape, '[', ..])
        {
            return 0;
        }
        var end = text[2..].IndexOfAnyExceptInRange('0', ';');
        return end >= 0 && text[2 + end] == 'm' ? end + 3 : 0;
    }
}
