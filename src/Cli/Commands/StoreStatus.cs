using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store status</c></summary>
internal static class StoreStatus
{
    internal static Command Create(CommandContext context)
    {
        var verb = new Verb("status", "Show what the store contains and what keeps it");
        verb.SetAction(parse => Run(context));
        return verb;
    }

    private static int Run(CommandContext context)
    {
        using var workspace = new Workspace(context);
        var status = workspace.Reading.ReadStatus();
        var output = context.Output;
        output.WriteLine($"store:      {workspace.Reading.Layout.Root}");
        output.WriteLine($"components: {status.ComponentCount} ({ByteSize.Format(status.ComponentBytes)})");
        if (status.Deferred.Count > 0)
        {
            output.WriteLine(
                $"waiting:    {status.Deferred.Count} to be unpacked ({ByteSize.Format(status.Deferred.Sum(row => row.ArchiveBytes))})");
        }
        output.WriteLine($"reclaimable: {ByteSize.Format(status.CollectableBytes)}");
        output.WriteLine();
        foreach (var toolchain in status.Toolchains)
        {
            output.WriteLine(
                $"{toolchain.Name}  {ByteSize.Format(toolchain.Bytes)}, of which {ByteSize.Format(toolchain.OwnBytes)} are its own"
                + (toolchain.InUseBy is { } holders ? $"; in use by {holders}" : ""));
        }
        foreach (var name in status.ForeignToolchains)
        {
            output.WriteLine($"{name}  not of this store; run where it is");
        }
        foreach (var operation in status.Operations)
        {
            output.WriteLine($"running: {operation.Describe()}");
        }
        foreach (var download in status.Downloads)
        {
            output.WriteLine($"downloading: {download.Url}");
        }
        return 0;
    }
}
