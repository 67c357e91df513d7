using System.Text;

namespace ToolchainStore.Platform;

/// <summary>Joins arguments so that CommandLineToArgvW and the C runtime take them apart again.</summary>
internal static class WindowsCommandLine
{
    internal static string Format(IReadOnlyList<string> arguments)
    {
        var line = new StringBuilder();
        foreach (var argument in arguments)
        {
            if (line.Length > 0)
            {
                line.Append(' ');
            }
            Append(line, argument);
        }
        return line.ToString();
    }

    private static void Append(StringBuilder line, string argument)
    {
        if (argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\n\v\"") < 0)
        {
            line.Append(argument);
            return;
        }
        line.Append('"');
        var backslashes = 0;
        foreach (var character in argument)
        {
            if (character == '\\')
            {
                backslashes++;
                continue;
            }
            // Backslashes mean themselves unless a quote follows.
            line.Append('\\', character == '"' ? 2 * backslashes + 1 : backslashes).Append(character);
            backslashes = 0;
        }
        line.Append('\\', 2 * backslashes).Append('"');
    }
}
