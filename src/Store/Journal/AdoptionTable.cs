using Dapper;

namespace ToolchainStore.Journal;

/// <summary>Adopted toolchains whose old directory still stands where their link belongs.</summary>
public sealed class AdoptionTable(JournalSession session)
{
    public void Insert(string toolchainName, string fingerprint) => session.WritableConnection.Execute(
        """
        INSERT INTO adoption (toolchain_name, fingerprint) VALUES (@toolchainName, @fingerprint)
        ON CONFLICT (toolchain_name) DO UPDATE SET fingerprint = excluded.fingerprint
        """,
        new { toolchainName, fingerprint });

    public string? FindFingerprint(string toolchainName) => session.Connection.QueryFirstOrDefault<string>(
        "SELECT fingerprint FROM adoption WHERE toolchain_name = @toolchainName", new { toolchainName });

    public void Delete(string toolchainName) => session.WritableConnection.Execute(
        "DELETE FROM adoption WHERE toolchain_name = @toolchainName", new { toolchainName });
}
