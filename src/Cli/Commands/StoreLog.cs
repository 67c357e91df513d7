using System.CommandLine;
using System.Globalization;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Journal;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store log</c></summary>
internal static class StoreLog
{
    private const string DefaultCount = "50";
    private const int ShownIdLength = 12;

    private const string Discussion =
        """
        One line for each change of the store (an `update` of several
        toolchains is several), the newest first:
        when it began, its id, what it did, how it ended, how long it took,
        how much it downloaded or, a collection, freed, and after the command
        the toolchains that it moved.

        Operations are remembered for 90 days. `rustup store undo` takes
        an id or its beginning.
        """;

    internal static Command Create(CommandContext context)
    {
        var count = new TextOption("--limit", "COUNT", "List no more than so many", "-n")
        {
            DefaultText = DefaultCount,
            FindFault = AmountText.FindCountFault,
        };
        var json = JsonResult.CreateFlag();
        var verb = new Verb("log", "List the operations on the store") { Discussion = Discussion };
        verb.Add(count);
        verb.Add(json);
        verb.SetAction(parse => Run(context, parse.GetValue(count) ?? DefaultCount, parse.GetValue(json)));
        return verb;
    }

    private static int Run(CommandContext context, string count, bool isJson)
    {
        using var workspace = new Workspace(context);
        var operations = workspace.Reading.ListOperations(int.Parse(count, CultureInfo.InvariantCulture));
        if (isJson)
        {
            JsonResult.Write(context.Output, json => json.AddList("operations", operations, AddJson));
            return 0;
        }
        if (operations.Count == 0)
        {
            workspace.Reporter.Info(count == "0" ? "none was asked for" : "no operation is remembered");
            return 0;
        }
        TextTable.Write(context.Output,
        [
            .. operations.Select(operation => (IReadOnlyList<string>)
            [
                LocalTime.Format(operation.StartedAt),
                operation.OperationId[..Math.Min(operation.OperationId.Length, ShownIdLength)],
                operation.Kind,
                operation.Outcome,
                FormatDuration(operation),
                operation.Bytes is { } bytes ? ByteSize.Format(bytes) : "-",
                operation.CommandLine + (operation.MovedNames.Count > 0 ? $": {string.Join(", ", operation.MovedNames)}" : ""),
            ]),
        ]);
        return 0;
    }

    /// <summary>An operation as every command shows it to programs.</summary>
    internal static void AddJson(JsonMembers json, Operation operation)
    {
        json.Add("id", operation.OperationId);
        json.Add("kind", operation.Kind);
        json.Add("command_line", operation.CommandLine);
        json.Add("host", operation.Host);
        json.Add("process_id", operation.ProcessId);
        json.Add("program_version", operation.ProgramVersion);
        json.AddTime("started_at", operation.StartedAt);
        json.AddTime("finished_at", operation.FinishedAt);
        json.Add("duration_milliseconds", operation.FinishedAt - operation.StartedAt);
        json.Add("outcome", operation.Outcome);
        json.Add("bytes", operation.Bytes);
        json.AddList("toolchains", operation.MovedNames);
    }

    private static string FormatDuration(Operation operation) => operation.FinishedAt is { } end
        ? string.Create(CultureInfo.InvariantCulture, $"{(end - operation.StartedAt) / 1000.0:0.0} s")
        : "-";
}
