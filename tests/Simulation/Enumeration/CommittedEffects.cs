namespace ToolchainStore.Tests.Simulation.Enumeration;

/// <summary>
/// The effects that each operation is known to have, in effects.txt: whoever adds one sees it in the list, and with it in
/// the enumeration.
/// </summary>
internal static class CommittedEffects
{
    private static string FilePath => Path.Combine(Sources.Folder, "Enumeration", "effects.txt");

    internal static IReadOnlyDictionary<string, IReadOnlyList<string>> Read()
    {
        var effects = new Dictionary<string, IReadOnlyList<string>>();
        List<string> ofOperation = [];
        foreach (var line in File.ReadLines(FilePath).Where(line => line.Length > 0 && line[0] != '#'))
        {
            if (line[0] == ' ')
            {
                ofOperation.Add(line.Trim());
            }
            else
            {
                ofOperation = [];
                effects[line] = ofOperation;
            }
        }
        return effects;
    }

    internal static void Write(IEnumerable<(string Operation, IReadOnlyList<string> Effects)> seen) => File.WriteAllLines(FilePath,
    [
        "# What each operation does to the world. Written by `simulation effects`; compared by the tests.",
        .. seen.SelectMany(one => one.Effects.Select(effect => "  " + effect).Prepend(one.Operation)),
    ]);
}
