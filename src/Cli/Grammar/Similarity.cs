namespace ToolchainStore.Cli.Grammar;

/// <summary>Finds what a person may have meant.</summary>
internal static class Similarity
{
    private const double Threshold = 0.7;

    /// <summary>The candidates that resemble a word, the best one last.</summary>
    internal static IReadOnlyList<string> Rank(string word, IEnumerable<string> candidates) =>
    [
        .. candidates
            .Select(candidate => (Candidate: candidate, Score: Jaro(word, candidate)))
            .Where(each => each.Score > Threshold)
            .OrderBy(each => each.Score)
            .Select(each => each.Candidate),
    ];

    /// <summary>The Jaro similarity: 1 for equal words, 0 for words without a common letter.</summary>
    private static double Jaro(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0)
        {
            return a.Length == b.Length ? 1 : 0;
        }
        var reach = Math.Max((Math.Max(a.Length, b.Length) / 2) - 1, 0);
        var isMatchedInB = new bool[b.Length];
        List<char> fromA = [];
        for (var i = 0; i < a.Length; i++)
        {
            for (var j = Math.Max(i - reach, 0); j < Math.Min(b.Length, i + reach + 1); j++)
            {
                if (a[i] == b[j] && !isMatchedInB[j])
                {
                    isMatchedInB[j] = true;
                    fromA.Add(a[i]);
                    break;
                }
            }
        }
        if (fromA.Count == 0)
        {
            return 0;
        }
        var fromB = b.Where((_, j) => isMatchedInB[j]);
        double matches = fromA.Count;
        var transpositions = fromA.Zip(fromB).Count(pair => pair.First != pair.Second) / 2;
        return ((matches / a.Length) + (matches / b.Length) + ((matches - transpositions) / matches)) / 3;
    }
}
