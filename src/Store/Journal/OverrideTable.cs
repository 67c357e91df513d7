using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A directory and the toolchain that it is bound to.</summary>
public sealed class OverrideRow
{
    public string Path { get; init; } = "";
    public string Toolchain { get; init; } = "";
}

/// <summary>Directory overrides.</summary>
public sealed class OverrideTable(JournalSession session)
{
    public IReadOnlyList<OverrideRow> List() => session.Connection.Query<OverrideRow>(
        "SELECT path AS Path, toolchain AS Toolchain FROM override ORDER BY path").ToList();

    public void Set(string path, string toolchain) => session.WritableConnection.Execute(
        """
        INSERT INTO override (path, toolchain) VALUES (@path, @toolchain)
        ON CONFLICT (path) DO UPDATE SET toolchain = excluded.toolchain
        """,
        new { path, toolchain });

    public bool Delete(string path) => session.WritableConnection.Execute(
        "DELETE FROM override WHERE path = @path", new { path }) == 1;
}
