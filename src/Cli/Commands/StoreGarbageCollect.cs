using System.CommandLine;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store gc</c></summary>
internal static class StoreGarbageCollect
{
    private const string Discussion =
        """
        Deletes what no toolchain is any more: what was uninstalled at once,
        what was replaced after seven days, because editors remember where a
        toolchain was. What runs from it keeps a toolchain, however old.

        `--keep-days` and `--keep-generations` say how long and how many
        replaced generations stay; given both, one of them is enough to stay.
        `rustup toolchain keep` keeps one for good.

        `--unused-for` first uninstalls toolchains that nobody used for so
        long, except the default one, overrides, and those with a generation
        that is kept. The time of use is what the file system notes, to a day;
        where it notes none, nothing is taken for unused.

        It is done by itself after an uninstall and, once a day, after an
        update, in the background and never with `--unused-for`.
        """;

    internal static Command Create(CommandContext context)
    {
        var dryRun = new Flag("--dry-run", "Only say what would be deleted");
        var olderThan = Duration("--older-than", "Delete what nothing names only if it is older [default: 1h]");
        var generationsKept = Count("--keep-generations", "Keep so many replaced generations of each toolchain");
        var daysKept = new TextOption("--keep-days", "DAYS", "Keep generations so long after they were replaced [default: 7]")
        {
            FindFault = text => ParseDays(text) is null ? "not a number of days" : null,
        };
        var unusedFor = Duration("--unused-for", "Uninstall toolchains that nobody used for longer");
        var json = JsonResult.CreateFlag();
        var isBackground = new Flag("--background", "Started by another command: low priority, no output") { Hidden = true };
        var verb = new Verb("gc", "Delete what nothing needs any more") { Discussion = Discussion };
        verb.Add(dryRun);
        verb.Add(olderThan);
        verb.Add(generationsKept);
        verb.Add(daysKept);
        verb.Add(unusedFor);
        verb.Add(json);
        verb.Add(isBackground);
        verb.SetAction(parse => Run(
            context,
            new CollectionOptions
            {
                UnnamedOlderThan = AmountText.TryParseDuration(parse.GetValue(olderThan)) ?? new CollectionOptions().UnnamedOlderThan,
                KeepReplaced = ParseDays(parse.GetValue(daysKept)),
                KeepGenerations = AmountText.TryParseCount(parse.GetValue(generationsKept)),
                UnusedFor = AmountText.TryParseDuration(parse.GetValue(unusedFor)),
                IsDryRun = parse.GetValue(dryRun),
            },
            parse.GetValue(json),
            parse.GetValue(isBackground)));
        return verb;
    }

    private static TextOption Duration(string name, string description) =>
        new(name, "DURATION", description) { FindFault = AmountText.FindDurationFault };

    private static TextOption Count(string name, string description) =>
        new(name, "COUNT", description) { FindFault = AmountText.FindCountFault };

    private static TimeSpan? ParseDays(string? text) => AmountText.TryParseDuration(text + "d");

    private static int Run(CommandContext context, CollectionOptions options, bool isJson, bool isBackground)
    {
        using var workspace = new Workspace(context) { StartsBackgroundWork = !isBackground };
        if (isBackground)
        {
            ProcessPriority.Lower();
        }
        var items = (options.IsDryRun ? workspace.FreeingIfPermitted : workspace.Freeing).Collect(options);
        if (!options.IsDryRun)
        {
            new InstalledPrograms(Machine.Host, workspace.Homes, workspace.Reporter).SweepOld();
        }
        var freed = items.Where(item => !item.IsKept).Sum(item => item.Bytes);
        if (isJson)
        {
            JsonResult.Write(context.Output, json =>
            {
                json.Add("dry_run", options.IsDryRun);
                json.Add("freed_bytes", freed);
                json.AddList("items", items, AddJson);
            });
            return 0;
        }
        foreach (var item in items)
        {
            if (!item.IsKept)
            {
                var size = item.Bytes > 0 ? $", {ByteSize.Format(item.Bytes)}" : "";
                context.Output.WriteLine($"{(options.IsDryRun ? "would delete" : "deleted")} {item.Kind} {item.Id}: {item.Reason}{size}");
            }
            else if (item.Kind is "generation" or "toolchain")
            {
                workspace.Reporter.Info($"keeping {item.Kind} {item.Id}: {item.Reason}");
            }
        }
        workspace.Reporter.Info(options.IsDryRun ? $"{ByteSize.Format(freed)} would be freed" : $"{ByteSize.Format(freed)} freed");
        return 0;
    }

    private static void AddJson(JsonMembers json, CollectedItem item)
    {
        json.Add("kind", item.Kind);
        json.Add("id", item.Id);
        json.Add("kept", item.IsKept);
        json.Add("reason", item.Reason);
        json.Add("bytes", item.Bytes);
    }
}
