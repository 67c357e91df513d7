using Dapper;

namespace ToolchainStore.Journal;

/// <summary>What proxies should know that stay as parents of their tools; they ask by <see cref="SelectionQuery.IsToldToStop"/>.</summary>
public sealed class NoticeTable(JournalSession session)
{
    /// <summary>Whoever runs from the tree by this name shall end.</summary>
    public void InsertStop(string treeId, string toolchainName, long createdAt) => session.WritableConnection.Execute(
        "INSERT INTO notice (tree_id, toolchain_name, kind, created_at) VALUES (@treeId, @toolchainName, 'stop', @createdAt)",
        new { treeId, toolchainName, createdAt });

    /// <summary>Forgets notices that everybody has seen who is told by them.</summary>
    public void DeleteBefore(long time) => session.WritableConnection.Execute(
        "DELETE FROM notice WHERE created_at < @time", new { time });
}
