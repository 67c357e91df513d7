using Dapper;

namespace ToolchainStore.Journal;

/// <summary>A random id per write transaction.</summary>
public sealed class CommittedTable(JournalSession session)
{
    public void Insert(string committedId, long committedAt) => session.WritableConnection.Execute(
        "INSERT INTO committed (committed_id, committed_at) VALUES (@committedId, @committedAt)",
        new { committedId, committedAt });

    public bool Contains(string committedId) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM committed WHERE committed_id = @committedId)", new { committedId });

    /// <summary>Forgets ids that no process can still ask about.</summary>
    public void DeleteBefore(long time) => session.WritableConnection.Execute(
        "DELETE FROM committed WHERE committed_at < @time", new { time });
}
