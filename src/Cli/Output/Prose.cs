using System.Text;

namespace ToolchainStore.Cli.Output;

/// <summary>Text for people on standard output; a line that is too long, because of a path in it, is broken.</summary>
internal static class Prose
{
    private const int Margin = 79;

    /// <summary>Breaks at spaces; what is indented stands as it is, and so does a word that no line can hold.</summary>
    internal static string Wrap(string text) => string.Join(
        '\n', text.Split('\n').Select(line => line.StartsWith(' ') ? line : WrapLine(line)));

    /// <summary>A space at the end of a line stays there, as in rustup's own texts.</summary>
    private static string WrapLine(string line)
    {
        var wrapped = new StringBuilder();
        var column = 0;
        foreach (var (index, word) in line.Split(' ').Index())
        {
            if (index > 0 && column > 0)
            {
                Write(column < Margin ? " " : "\n");
            }
            Write(word);
        }
        return wrapped.ToString();

        void Write(string word)
        {
            var width = Encoding.UTF8.GetByteCount(word);
            if (word == "\n" || (column + width > Margin && column > 0))
            {
                wrapped.Append('\n');
                column = 0;
            }
            if (word != "\n")
            {
                wrapped.Append(word);
                column += width;
            }
        }
    }
}
