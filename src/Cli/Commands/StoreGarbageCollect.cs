using System.CommandLine;
using System.Globalization;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Cli.Setup;
using ToolchainStore.Collection;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store gc</c></summary>
internal static class StoreGarbageCollect
{
    internal static Command Create(CommandContext context)
    {
        var dryRun = new Flag("--dry-run", "Only say what would be deleted");
        var olderThan = new TextOption(
            "--older-than", "AGE", "Delete only what has been unused for longer, such as '12h' or '30d'")
        {
            FindFault = text => ParseAge(text) is null ? "not an age such as '12h' or '30d'" : null,
        };
        var generationsKept = new TextOption(
            "--keep-generations", "COUNT", "Keep this many earlier generations of each toolchain")
        {
            FindFault = text => ParseCount(text) is null ? "not a number" : null,
        };
        var isBackground = new Flag("--background", "Started by another command: low priority, no output") { Hidden = true };
        var verb = new Verb("gc", "Delete what nothing needs any more");
        verb.Add(dryRun);
        verb.Add(olderThan);
        verb.Add(generationsKept);
        verb.Add(isBackground);
        verb.SetAction(parse => Run(
            context,
            parse.GetValue(dryRun),
            parse.GetValue(isBackground),
            ParseAge(parse.GetValue(olderThan)),
            ParseCount(parse.GetValue(generationsKept))));
        return verb;
    }

    private static int Run(
        CommandContext context,
        bool dryRun,
        bool isBackground,
        TimeSpan? olderThan,
        int? generationsKept)
    {
        using var workspace = new Workspace(context) { StartsBackgroundWork = !isBackground };
        if (isBackground)
        {
            ProcessPriority.Lower();
        }
        var options = new CollectionOptions
        {
            UnnamedOlderThan = olderThan ?? new CollectionOptions().UnnamedOlderThan,
            KeepGenerations = generationsKept,
            IsDryRun = dryRun,
        };
        var items = workspace.Freeing.Collect(options);
        if (!dryRun)
        {
            new InstalledPrograms(Machine.Host, workspace.Homes, workspace.Reporter).SweepOld();
        }
        foreach (var item in items.Where(item => !item.IsKept))
        {
            context.Output.WriteLine($"{(dryRun ? "would delete" : "deleted")} {item.Kind} {item.Id}: {item.Reason}");
        }
        var bytes = ByteSize.Format(items.Where(item => !item.IsKept).Sum(item => item.Bytes));
        workspace.Reporter.Info(dryRun ? $"{bytes} would be freed" : $"{bytes} freed");
        return 0;
    }

    /// <summary>A number of days, hours or minutes: <c>30d</c>, <c>12h</c>, <c>5m</c>.</summary>
    private static TimeSpan? ParseAge(string? text) =>
        text is not { Length: > 1 } || ParseCount(text[..^1]) is not { } count
            ? null
            : text[^1] switch
            {
                'd' => TimeSpan.FromDays(count),
                'h' => TimeSpan.FromHours(count),
                'm' => TimeSpan.FromMinutes(count),
                _ => null,
            };

    private static int? ParseCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;
}
