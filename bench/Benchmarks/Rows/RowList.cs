using ToolchainStore.Benchmarks.Fixtures;

namespace ToolchainStore.Benchmarks.Rows;

/// <summary>All rows, in the order in which they are measured and shown. A new row goes into the file of its group.</summary>
internal static class RowList
{
    internal static IReadOnlyList<Row> Make(Workbench workbench)
    {
        var nightlies = new NightlyHomes(workbench);
        return
        [
            // First, so that the others find what it installed.
            .. new InstallRows(workbench).List(),
            .. new ProxyRows(workbench, nightlies).List(),
            .. new CommandRows(workbench, nightlies).List(),
            .. new BuildRows(workbench).List(),
            .. new UpdateRows(workbench).List(),
            .. new CollectionRows(workbench, nightlies).List(),
        ];
    }
}
