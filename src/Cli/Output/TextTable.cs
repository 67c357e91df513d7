namespace ToolchainStore.Cli.Output;

/// <summary>Columns as wide as their widest cell. Never broken or cut: what reads them may be a program, whatever a terminal's width.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    internal static void Write(TextWriter output, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        if (rows.Count == 0)
        {
            return;
        }
        var widths = Enumerable.Range(0, rows.Max(row => row.Count))
            .Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0)).ToList();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
