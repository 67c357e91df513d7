using Dapper;

namespace ToolchainStore.Journal;

/// <summary>What a pin keeps.</summary>
public enum PinKind
{
    Component,
    Tree,
}

/// <summary>What live operations need. An operation's pins end with it.</summary>
public sealed class PinTable(JournalSession session)
{
    public void Insert(string operationId, PinKind kind, string objectId)
    {
        var kindText = kind switch
        {
            PinKind.Component => "component",
            PinKind.Tree => "tree",
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        session.WritableConnection.Execute(
            """
            INSERT INTO pin (operation_id, kind, object_id) VALUES (@operationId, @kindText, @objectId)
            ON CONFLICT DO NOTHING
            """,
            new { operationId, kindText, objectId });
    }

    public bool Contains(string objectId) => session.Connection.QuerySingle<bool>(
        "SELECT EXISTS (SELECT 1 FROM pin WHERE object_id = @objectId)", new { objectId });

    public void DeleteOf(string operationId) => session.WritableConnection.Execute(
        "DELETE FROM pin WHERE operation_id = @operationId", new { operationId });
}
