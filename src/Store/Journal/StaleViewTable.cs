using Dapper;

namespace ToolchainStore.Journal;

/// <summary>Names that moved since their link in toolchains/ was last looked at.</summary>
public sealed class StaleViewTable(JournalSession session)
{
    public IReadOnlyList<string> List() =>
        session.Connection.Query<string>("SELECT toolchain_name FROM stale_view").ToList();

    public void Insert(string toolchainName) => session.WritableConnection.Execute(
        "INSERT INTO stale_view (toolchain_name) VALUES (@toolchainName) ON CONFLICT DO NOTHING", new { toolchainName });

    public void Delete(string toolchainName) => session.WritableConnection.Execute(
        "DELETE FROM stale_view WHERE toolchain_name = @toolchainName", new { toolchainName });

    public void DeleteAll() => session.WritableConnection.Execute("DELETE FROM stale_view");
}
