using Dapper;

namespace ToolchainStore.Journal;

/// <summary>Components and trees that nothing new is made of, because a verification found them damaged.</summary>
public sealed class DamageTable(JournalSession session)
{
    public bool Contains(string objectId) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM damage WHERE object_id = @objectId)", new { objectId });

    public void Insert(string objectId, long foundAt) => session.WritableConnection.Execute(
        "INSERT INTO damage (object_id, found_at) VALUES (@objectId, @foundAt) ON CONFLICT DO NOTHING",
        new { objectId, foundAt });

    public void Delete(string objectId) => session.WritableConnection.Execute(
        "DELETE FROM damage WHERE object_id = @objectId", new { objectId });
}
