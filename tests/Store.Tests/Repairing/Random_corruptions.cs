using ToolchainStore.Tests.Corruption;

namespace ToolchainStore.Tests.Repairing;

/// <summary>A few of the many that <c>tests/Corruption</c> makes.</summary>
public sealed class Random_corruptions
{
    [Fact]
    public void of_files_rows_pages_and_views_are_found_and_repaired_or_named()
    {
        const int Count = 50;

        var report = CorruptionRun.Run(Count, seed: 7);

        Assert.True(report.Violations.Count == 0, string.Join('\n', report.Violations));
        Assert.Contains($"\n{Count} corruptions, ", report.Describe(), StringComparison.Ordinal);
    }
}
