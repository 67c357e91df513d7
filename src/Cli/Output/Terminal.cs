using System.Globalization;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Output;

/// <summary>What we know about where the output goes.</summary>
internal static class Terminal
{
    private const int UnknownHeight = 24;

    /// <summary>Columns and rows, as of now: the user may change them.</summary>
    internal static (int Columns, int Rows) Measure() =>
        (MeasureWidth(), StandardStreams.MeasureTerminal().Rows is > 0 and var rows ? rows : UnknownHeight);

    /// <summary>The terminal's width, else <c>COLUMNS</c>, else what help is made for.</summary>
    internal static int MeasureWidth()
    {
        if (StandardStreams.MeasureTerminal().Columns is > 0 and var width)
        {
            return width;
        }
        var columns = Environment.GetEnvironmentVariable("COLUMNS");
        return int.TryParse(columns, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count > 0
            ? count
            : HelpText.DefaultWidth;
    }
}
