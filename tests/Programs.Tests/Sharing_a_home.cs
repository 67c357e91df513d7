using System.Text.Json;

namespace ToolchainStore.Tests.Programs;

public sealed class Converting_the_journal : ProgramTest
{
    [Fact]
    public void that_is_killed_once_it_is_recorded_is_finished_by_the_next_writer()
    {
        Rustup("default", "stable").ShouldSucceed();
        Variables[CrashPointVariable] = "journal/after-commit=kill";
        Rustup("store", "convert", "--journal=rollback").ShouldFail(137);
        Variables.Remove(CrashPointVariable);
        Proxy("rustc", "--version").ShouldSucceed();

        Rustup("set", "profile", "minimal").ShouldSucceed();

        Assert.False(File.Exists(Path.Combine(RustupHome, "store", "journal.db-wal")));
        Proxy("rustc", "--version").ShouldSucceed();
    }

    [Fact]
    public void to_one_of_a_shared_home_lets_a_tool_install_its_own_toolchain()
    {
        Rustup("set", "profile", "minimal").ShouldSucceed();
        Rustup("store", "convert", "--journal=rollback").ShouldSucceed();

        var run = Proxy("rustc", "+stable", "--version").ShouldSucceed();

        // The installation commits while the tool that asked for it waits.
        Assert.DoesNotContain("waiting to", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task while_commands_and_tools_run_loses_none_of_their_changes()
    {
        const int Changes = 12;
        Rustup("default", "stable").ShouldSucceed();
        var writing = Task.Run(() =>
        {
            for (var number = 0; number < Changes; number++)
            {
                Rustup("override", "set", "stable", "--path", Folder[$"project-{number}"]).ShouldSucceed();
            }
        });
        var running = Task.Run(() =>
        {
            for (var number = 0; number < Changes; number++)
            {
                Proxy("rustc", "--version").ShouldSucceed();
            }
        });
        while (!writing.IsCompleted || !running.IsCompleted)
        {
            Rustup("store", "convert", "--journal=rollback").ShouldSucceed();
            Rustup("store", "convert", "--journal=wal").ShouldSucceed();
        }
        await writing;
        await running;

        Assert.Equal(Changes, Rustup("override", "list").ShouldSucceed().Output.Split('\n').Count(line => line.Contains("project-", StringComparison.Ordinal)));
    }
}

public sealed class The_doctor : ProgramTest
{
    [Fact]
    public void finds_a_local_home_sound_by_a_second_process_and_says_so_in_a_form_for_programs()
    {
        Rustup("default", "stable").ShouldSucceed();

        using var diagnosis = JsonDocument.Parse(Rustup("store", "doctor", "--json").ShouldSucceed().Output);

        Assert.Equal(1, diagnosis.RootElement.GetProperty("format").GetInt32());
        Assert.Equal("wal", diagnosis.RootElement.GetProperty("journal_mode").GetString());
        Assert.False(diagnosis.RootElement.GetProperty("file_system").GetProperty("network").GetBoolean());
        Assert.Equal(
            ["journal mode", "mount options", "SQLite", "byte-range locks", "whole-file locks", "rename", "visibility", "clock"],
            diagnosis.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()));
        Assert.All(
            diagnosis.RootElement.GetProperty("checks").EnumerateArray(),
            check => Assert.Equal("ok", check.GetProperty("state").GetString()));
        Assert.False(Directory.Exists(Path.Combine(RustupHome, "store", "doctor")));
    }
}
