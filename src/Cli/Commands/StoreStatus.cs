using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Collection;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store status</c></summary>
internal static class StoreStatus
{
    private const int ShownIdLength = 12;

    internal static Command Create(CommandContext context)
    {
        var json = JsonResult.CreateFlag();
        var verb = new Verb("status", "Show what the store contains and what keeps it");
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, bool isJson)
    {
        using var workspace = new Workspace(context);
        var status = workspace.Reading.ReadStatus();
        var collectable = Sum(workspace.Reading.PreviewCollection(new CollectionOptions()));
        var replaced = Sum(workspace.Reading.PreviewCollection(new CollectionOptions { KeepReplaced = TimeSpan.Zero })) - collectable;
        if (isJson)
        {
            JsonResult.Write(context.Output, json => AddJson(json, workspace, status, collectable, replaced));
            return 0;
        }
        Write(context.Output, workspace, status, collectable, replaced);
        return 0;
    }

    private static long? Sum(IReadOnlyList<CollectedItem>? items) => items?.Where(item => !item.IsKept).Sum(item => item.Bytes);

    private static void Write(
        TextWriter output, Workspace workspace, Toolchains.StoreStatus status, long? collectable, long? replaced)
    {
        output.WriteLine($"store:      {workspace.Reading.Layout.Root}");
        output.WriteLine($"components: {status.ComponentCount} ({ByteSize.Format(status.ComponentBytes)})");
        if (status.Deferred.Count > 0)
        {
            output.WriteLine(
                $"waiting:    {status.Deferred.Count} to be unpacked ({ByteSize.Format(status.Deferred.Sum(row => row.ArchiveBytes))})");
        }
        if (collectable is { } now)
        {
            output.WriteLine($"reclaimable: {ByteSize.Format(now)}"
                + (replaced is > 0 and var later ? $" now, {ByteSize.Format(later)} more when replaced generations are old enough" : ""));
        }
        foreach (var toolchain in status.Toolchains)
        {
            output.WriteLine();
            output.WriteLine(
                $"{toolchain.Name}  {ByteSize.Format(toolchain.Bytes)}, of which {ByteSize.Format(toolchain.OwnBytes)} are its own"
                + (toolchain.LastUsedAt is { } time ? $"; last used {LocalTime.FormatDay(time)}" : ""));
            TextTable.Write(output, [.. toolchain.Components.Select(Describe)]);
        }
        WriteActivity(output, status);
    }

    private static IReadOnlyList<string> Describe(ComponentUsage component) =>
    [
        "  " + (component.Target is { } target ? $"{component.Package}-{target}" : component.Package),
        ByteSize.Format(component.Bytes),
        component.IsWaiting ? "waits to be unpacked"
            : component.SharedWith.Count > 0 ? $"shared with {string.Join(", ", component.SharedWith)}"
            : "",
    ];

    private static void WriteActivity(TextWriter output, Toolchains.StoreStatus status)
    {
        if (status.ForeignToolchains.Count + status.Leases.Count + status.Operations.Count + status.Downloads.Count > 0)
        {
            output.WriteLine();
        }
        foreach (var name in status.ForeignToolchains)
        {
            output.WriteLine($"{name}  not of this store; run where it is");
        }
        foreach (var lease in status.Leases)
        {
            var what = lease.Names.Count > 0
                ? string.Join(", ", lease.Names)
                : $"tree {lease.TreeId[..ShownIdLength]}, which was replaced or uninstalled,";
            output.WriteLine($"in use: {what} by {lease.Description}");
        }
        foreach (var operation in status.Operations)
        {
            output.WriteLine($"running: {operation.Describe()}");
        }
        foreach (var download in status.Downloads)
        {
            output.WriteLine($"downloading: {download.Row.Url} ({ByteSize.Format(download.ReceivedBytes)} so far)");
        }
    }

    private static void AddJson(
        JsonMembers json, Workspace workspace, Toolchains.StoreStatus status, long? collectable, long? replaced)
    {
        json.Add("store", workspace.Reading.Layout.Root);
        json.Add("component_count", status.ComponentCount);
        json.Add("component_bytes", status.ComponentBytes);
        json.Add("reclaimable_bytes", collectable);
        json.Add("reclaimable_later_bytes", replaced);
        json.AddList("toolchains", status.Toolchains, AddJson);
        json.AddList("foreign_toolchains", status.ForeignToolchains);
        json.AddList("waiting", status.Deferred, AddJson);
        json.AddList("leases", status.Leases, AddJson);
        json.AddList("operations", status.Operations, StoreLog.AddJson);
        json.AddList("downloads", status.Downloads, AddJson);
    }

    private static void AddJson(JsonMembers json, ToolchainUsage toolchain)
    {
        json.Add("name", toolchain.Name);
        json.Add("generation", toolchain.GenerationId);
        json.Add("tree", toolchain.TreeId);
        json.Add("bytes", toolchain.Bytes);
        json.Add("own_bytes", toolchain.OwnBytes);
        json.AddTime("last_used_at", toolchain.LastUsedAt);
        json.AddList("components", toolchain.Components, AddJson);
    }

    private static void AddJson(JsonMembers json, ComponentUsage component)
    {
        json.Add("package", component.Package);
        json.Add("target", component.Target);
        json.Add("version", component.Version);
        json.Add("bytes", component.Bytes);
        json.Add("waiting", component.IsWaiting);
        json.AddList("shared_with", component.SharedWith);
    }

    private static void AddJson(JsonMembers json, DeferredRow row)
    {
        json.Add("package", row.Package);
        json.Add("target", row.Target);
        json.Add("version", row.Version);
        json.Add("archive_bytes", row.ArchiveBytes);
    }

    private static void AddJson(JsonMembers json, LeaseUsage lease)
    {
        json.Add("tree", lease.TreeId);
        json.AddList("toolchains", lease.Names);
        json.AddList("processes", lease.Processes, AddJson);
        json.Add("description", lease.Description);
    }

    private static void AddJson(JsonMembers json, FileHolder process)
    {
        json.Add("id", process.ProcessId);
        json.Add("program", process.Program);
    }

    private static void AddJson(JsonMembers json, DownloadUsage download)
    {
        json.Add("url", download.Row.Url);
        json.Add("digest", download.Row.Digest);
        json.Add("operation", download.Row.OperationId);
        json.Add("received_bytes", download.ReceivedBytes);
    }
}
