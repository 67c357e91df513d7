namespace ToolchainStore.Distribution;

/// <summary>Guesses what a mistyped word was meant to be.</summary>
public static class Suggestion
{
    private const int DistanceMax = 3;

    /// <summary>The nearest of the candidates, the first of equals; null if none is near.</summary>
    public static string? Nearest(string text, IEnumerable<string> candidates) => candidates
        .Select(candidate => (Candidate: candidate, Distance: Distance(text, candidate)))
        .Where(guess => guess.Distance <= DistanceMax)
        .OrderBy(guess => guess.Distance)
        .Select(guess => guess.Candidate)
        .FirstOrDefault();

    /// <summary>
    /// Damerau-Levenshtein: how many insertions, deletions, replacements and swaps of neighbours make one word of
    /// the other, where swapped letters may have moved apart by further edits.
    /// </summary>
    internal static int Distance(string left, string right)
    {
        var unreachable = left.Length + right.Length;
        Dictionary<char, int> lastRowWith = [];
        var distances = new int[left.Length + 2][];
        for (var row = 0; row < distances.Length; row++)
        {
            distances[row] = new int[right.Length + 2];
        }
        distances[0][0] = unreachable;
        for (var row = 0; row <= left.Length; row++)
        {
            distances[row + 1][0] = unreachable;
            distances[row + 1][1] = row;
        }
        for (var column = 0; column <= right.Length; column++)
        {
            distances[0][column + 1] = unreachable;
            distances[1][column + 1] = column;
        }
        for (var row = 1; row <= left.Length; row++)
        {
            var lastMatchingColumn = 0;
            for (var column = 1; column <= right.Length; column++)
            {
                var matchingRow = lastRowWith.GetValueOrDefault(right[column - 1]);
                var matchingColumn = lastMatchingColumn;
                var isSame = left[row - 1] == right[column - 1];
                if (isSame)
                {
                    lastMatchingColumn = column;
                }
                var replaced = distances[row][column] + (isSame ? 0 : 1);
                var inserted = distances[row + 1][column] + 1;
                var deleted = distances[row][column + 1] + 1;
                var swapped = distances[matchingRow][matchingColumn]
                    + (row - matchingRow - 1) + 1 + (column - matchingColumn - 1);
                distances[row + 1][column + 1] = Math.Min(Math.Min(replaced, inserted), Math.Min(deleted, swapped));
            }
            lastRowWith[left[row - 1]] = row;
        }
        return distances[left.Length + 1][right.Length + 1];
    }
}
