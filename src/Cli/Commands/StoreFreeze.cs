using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store freeze</c></summary>
internal static class StoreFreeze
{
    private const string Discussion =
        """
        The last step of an image that many run and nobody changes: waiting
        documentation is unpacked, what no toolchain needs is deleted, replaced
        generations too, and the journal becomes one file. Nothing is locked:
        whoever may write the home can go on with it, and
        `rustup store convert --journal=wal` brings the write-ahead log back.
        """;

    internal static Command Create(CommandContext context)
    {
        var json = JsonResult.CreateFlag();
        var verb = new Verb("freeze", "Prepare the store for a read-only image") { Discussion = Discussion };
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, bool isJson)
    {
        using var workspace = new Workspace(context) { StartsBackgroundWork = false };
        var deleted = workspace.Freeing.Freeze().Where(item => !item.IsKept).ToList();
        var freed = deleted.Sum(item => item.Bytes);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("freed_bytes", freed);
                json.Add("deleted", deleted.Count);
            });
            return 0;
        }
        workspace.Reporter.Info($"{ByteSize.Format(freed)} freed; the store is ready for a read-only image");
        return 0;
    }
}
