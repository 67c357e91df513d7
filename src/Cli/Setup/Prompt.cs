using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Setup;

/// <summary>Questions on standard output, answered by a line of standard input each.</summary>
internal static class Prompt
{
    // One for all questions: it reads more than a line at a time from a pipe.
    private static readonly StreamReader answers = new(StandardStreams.OpenInput());

    /// <summary>Anything but a yes is a no.</summary>
    internal static bool Confirm(TextWriter output, string question)
    {
        output.Write($"{question} (y/N) ");
        var answer = ReadAnswer(output);
        output.WriteLine();
        return ParseYesOrNo(answer) == true;
    }

    /// <summary>An empty line or what is neither yes nor no leaves it as it is.</summary>
    internal static bool AskYesOrNo(TextWriter output, string question, bool current)
    {
        output.WriteLine($"{question} {(current ? "(Y/n)" : "(y/N)")}");
        var answer = ReadAnswer(output);
        output.WriteLine();
        return ParseYesOrNo(answer) ?? current;
    }

    /// <summary>An empty line leaves it as it is.</summary>
    internal static string AskText(TextWriter output, string question, string current)
    {
        output.WriteLine($"{question} [{current}]");
        var answer = ReadAnswer(output);
        output.WriteLine();
        return answer.Length == 0 ? current : answer;
    }

    internal static string ReadAnswer(TextWriter output)
    {
        output.Flush();
        return answers.ReadLine() ?? throw new StoreException(
            StoreErrorKind.Usage,
            "unable to read from stdin for confirmation",
            new StoreException(StoreErrorKind.Usage, "no lines found from stdin"));
    }

    private static bool? ParseYesOrNo(string answer) => answer.ToUpperInvariant() switch
    {
        "Y" or "YES" => true,
        "N" or "NO" => false,
        _ => null,
    };
}
