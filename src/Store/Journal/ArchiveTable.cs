using Dapper;

namespace ToolchainStore.Journal;

/// <summary>Which archive digests unpack to which component.</summary>
public sealed class ArchiveTable(JournalSession session)
{
    public void Insert(string digest, string componentId) => session.WritableConnection.Execute(
        "INSERT INTO archive (digest, component_id) VALUES (@digest, @componentId) ON CONFLICT (digest) DO NOTHING",
        new { digest, componentId });

    /// <summary>From now on no archive is taken for one of this component.</summary>
    public void DeleteOf(string componentId) => session.WritableConnection.Execute(
        "DELETE FROM archive WHERE component_id = @componentId", new { componentId });

    public IReadOnlyList<string> ListOf(string componentId) => session.Connection.Query<string>(
        "SELECT digest FROM archive WHERE component_id = @componentId ORDER BY digest", new { componentId }).ToList();
}
