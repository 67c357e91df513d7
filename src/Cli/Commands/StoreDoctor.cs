using System.CommandLine;
using System.Globalization;
using ToolchainStore.Cli.Grammar;
using ToolchainStore.Cli.Output;
using ToolchainStore.Diagnosis;
using ToolchainStore.Journal;
using ToolchainStore.Platform;

namespace ToolchainStore.Cli.Commands;

/// <summary><c>rustup store doctor</c></summary>
internal static class StoreDoctor
{
    internal static Command Create(CommandContext context)
    {
        var json = JsonResult.CreateFlag();
        var meet = new TextOption(
            "--meet", "SECONDS", "Wait so long for a doctor that another machine runs on this home at the same time")
        {
            FindFault = text => ParseSeconds(text) is null ? "not a number of seconds" : null,
        };
        var probe = new TextOption("--probe", "FOLDER", "Say what a second process sees of a folder") { Hidden = true, IsPath = true };
        var verb = new Verb("doctor", "Try the locks and whatever else a store needs of its file system");
        verb.Add(json);
        verb.Add(meet);
        verb.Add(probe);
        verb.SetAction(parse => parse.GetValue(probe) is { } folder
            ? Look(context, folder)
            : Run(context, parse.GetValue(json), ParseSeconds(parse.GetValue(meet))));
        return verb;
    }

    private static int Look(CommandContext context, string folder)
    {
        context.Output.WriteLine(Doctor.Look(Machine.Host, folder));
        return 0;
    }

    private static int Run(CommandContext context, bool isJson, TimeSpan? meeting)
    {
        using var workspace = new Workspace(context);
        var program = Environment.ProcessPath
            ?? throw new StoreException(
                StoreErrorKind.Broken, "this program does not know where it is\nhelp: call it by its whole path");
        var layout = new StoreLayout(workspace.Homes.RustupHome);
        var diagnosis = new Doctor(Machine.Host, layout, program, workspace.Patience).Examine(meeting);
        if (isJson)
        {
            JsonResult.Write(context.Output, json => AddJson(json, diagnosis));
        }
        else
        {
            Write(context.Output, diagnosis);
        }
        return diagnosis.HasFailed ? 1 : 0;
    }

    private static void Write(TextWriter output, Diagnosis.Diagnosis diagnosis)
    {
        var kind = diagnosis.Volume.Kind == VolumeKind.Network ? "network" : "local";
        output.WriteLine($"{"home:",-18}{diagnosis.Home}");
        output.WriteLine($"{"file system:",-18}{diagnosis.Mount?.Describe() ?? diagnosis.Volume.TypeName}, {kind}");
        foreach (var check in diagnosis.Checks)
        {
            output.WriteLine($"{check.Name + ":",-18}{Format(check.State)}: {check.Detail}");
        }
    }

    private static void AddJson(JsonMembers json, Diagnosis.Diagnosis diagnosis)
    {
        json.Add("home", diagnosis.Home);
        json.AddObject("file_system", json =>
        {
            json.Add("type", diagnosis.Mount?.TypeName ?? diagnosis.Volume.TypeName);
            json.Add("network", diagnosis.Volume.Kind == VolumeKind.Network);
            json.Add("mounted_on", diagnosis.Mount?.Point);
            json.Add("source", diagnosis.Mount?.Source);
            json.AddList("options", diagnosis.Mount?.Options ?? []);
        });
        json.Add("journal_mode", diagnosis.Mode is { } mode ? JournalModeText.Format(mode) : null);
        json.AddList("checks", diagnosis.Checks, (json, check) =>
        {
            json.Add("name", check.Name);
            json.Add("state", Format(check.State));
            json.Add("detail", check.Detail);
        });
    }

    private static string Format(CheckState state) => state switch
    {
        CheckState.Ok => "ok",
        CheckState.Warning => "warning",
        CheckState.Failed => "failed",
        _ => "skipped",
    };

    private static TimeSpan? ParseSeconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
}
