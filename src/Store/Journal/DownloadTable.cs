using Dapper;

namespace ToolchainStore.Journal;

/// <summary>An archive that a running operation fetches.</summary>
public sealed class DownloadRow
{
    public string Digest { get; init; } = "";
    public string Url { get; init; } = "";
    public long? Bytes { get; init; }
    public string OperationId { get; init; } = "";
}

/// <summary>Archives being fetched; for status and messages. Ownership is the lock on the partial file.</summary>
public sealed class DownloadTable(JournalSession session)
{
    public void Insert(DownloadRow download) => session.WritableConnection.Execute(
        """
        INSERT INTO download (digest, url, bytes, operation_id) VALUES (@Digest, @Url, @Bytes, @OperationId)
        ON CONFLICT (digest) DO UPDATE SET url = excluded.url, operation_id = excluded.operation_id
        """,
        download);

    public IReadOnlyList<DownloadRow> List() => session.Connection.Query<DownloadRow>(
        "SELECT digest AS Digest, url AS Url, bytes AS Bytes, operation_id AS OperationId FROM download").ToList();

    public void DeleteOf(string operationId) => session.WritableConnection.Execute(
        "DELETE FROM download WHERE operation_id = @operationId", new { operationId });
}
