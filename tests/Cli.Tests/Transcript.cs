using System.Text;

namespace ToolchainStore.Cli.Tests;

/// <summary>
/// Command lines with what the real rustup answered: <c>out|</c> and <c>err|</c> lines and the exit code, or
/// <c>parsed|</c> when it began to do what was asked. <c>record-transcripts.sh</c> writes them.
/// </summary>
internal sealed class Transcript
{
    internal const string Accepted = "parsed|\n";

    private const string Prompt = "$ ";

    private readonly Dictionary<string, string> answers = [];

    private Transcript(string name)
    {
        var answer = new StringBuilder();
        var path = Path.Combine(AppContext.BaseDirectory, "Transcripts", name + ".txt");
        foreach (var line in File.ReadLines(path).Reverse())
        {
            if (line.StartsWith(Prompt, StringComparison.Ordinal))
            {
                answers[line[Prompt.Length..]] = answer.ToString();
                answer.Clear();
            }
            else
            {
                answer.Insert(0, line + "\n");
            }
        }
    }

    internal IEnumerable<string> CommandLines => answers.Keys;

    internal static Transcript Read(string name) => new(name);

    internal string AnswerTo(string commandLine) => answers[commandLine];

    /// <summary>Splits as a shell does, as far as the transcripts need it: spaces and single quotes.</summary>
    internal static string[] SplitWords(string commandLine)
    {
        List<string> words = [];
        StringBuilder? word = null;
        var isQuoted = false;
        foreach (var character in commandLine)
        {
            if (character == '\'')
            {
                isQuoted = !isQuoted;
                word ??= new StringBuilder();
            }
            else if (character == ' ' && !isQuoted)
            {
                AddWord();
            }
            else
            {
                (word ??= new StringBuilder()).Append(character);
            }
        }
        AddWord();
        return [.. words];

        void AddWord()
        {
            if (word is not null)
            {
                words.Add(word.ToString());
            }
            word = null;
        }
    }
}
