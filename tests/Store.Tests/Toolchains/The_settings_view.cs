using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Toolchains;

public sealed class The_settings_view : StoreTest
{
    [Fact]
    public void is_not_written_where_a_default_is_set_already()
    {
        using var store = Open();
        Assert.True(store.TrySetDefaultToolchain(Stable.Text));
        using var journal = OpenJournal();
        var before = journal.Read(session => session.Operations.ListNewest(1000).Count);

        Assert.False(store.TrySetDefaultToolchain(Nightly.Text));

        Assert.Equal(before, journal.Read(session => session.Operations.ListNewest(1000).Count));
        Assert.Equal(Stable.Text, store.DefaultToolchain);
    }

    [Fact]
    public void is_written_with_the_store()
    {
        Open().Dispose();

        Assert.Equal("version = \"12\"\n\n[overrides]\n", File.ReadAllText(Layout.SettingsFile));
    }

    [Fact]
    public void follows_every_change()
    {
        using var store = Open();
        store.SetSetting(SettingKeys.DefaultToolchain, Stable.Text);
        store.SetOverride("/project", Nightly.Text);

        var text = File.ReadAllText(Layout.SettingsFile);
        Assert.Contains($"default_toolchain = \"{Stable.Text}\"", text, StringComparison.Ordinal);
        Assert.Contains($"\"/project\" = \"{Nightly.Text}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void that_a_crash_left_half_written_leaves_nothing_behind()
    {
        Open().Dispose();
        File.WriteAllText(Layout.SettingsBeingWritten, "version = ");

        using var store = Open();
        store.SetSetting(SettingKeys.DefaultToolchain, Stable.Text);

        Assert.Equal([Layout.SettingsFile], Directory.EnumerateFiles(Layout.RustupHome));
        Assert.Contains(Stable.Text, File.ReadAllText(Layout.SettingsFile), StringComparison.Ordinal);
    }

    [Fact]
    public void that_a_crash_left_half_written_goes_even_when_nothing_is_to_be_written()
    {
        Open().Dispose();
        File.WriteAllText(Layout.SettingsBeingWritten, "version = ");

        Open().Dispose();

        Assert.Equal([Layout.SettingsFile], Directory.EnumerateFiles(Layout.RustupHome));
    }

    [Fact]
    public void edited_and_taken_over_by_another_command_meanwhile_undoes_nothing_of_it()
    {
        Open().Dispose();
        Edit(text => text + $"\"/edited\" = \"{Stable.Text}\"\n");
        var isFirst = true;
        var files = new OvertakenReader(Platform.Machine.Host.Files, path =>
        {
            if (path == Layout.SettingsFile && isFirst)
            {
                isFirst = false;
                using var other = Open();
                other.SetOverride("/other", Nightly.Text);
            }
        });

        using var store = LocalStore.OpenForWriting(Options() with
        {
            Machine = new Platform.Machine
            {
                Files = files,
                Processes = Platform.Machine.Host.Processes,
                Network = Platform.Machine.Host.Network,
            },
        });

        Assert.False(isFirst, "the edit was read");
        Assert.Equal(["/edited", "/other"], store.ListOverrides().Select(entry => entry.Path));
    }

    [Fact]
    public void edited_by_somebody_else_is_taken_over_as_a_difference()
    {
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.Profile, "minimal");
            store.SetOverride("/kept", Stable.Text);
            store.SetOverride("/dropped", Stable.Text);
        }
        Edit(text => text.Replace($"\"/dropped\" = \"{Stable.Text}\"\n", $"\"/new\" = \"{Nightly.Text}\"\n", StringComparison.Ordinal));

        using var reader = LocalStore.OpenForReading(Options());
        Assert.Equal(["/kept", "/new"], reader.ListOverrides().Select(entry => entry.Path));
        Assert.Equal(ToolchainStore.Distribution.Profile.Minimal, reader.ReadSettings().Profile);
    }

    [Fact]
    public void edited_while_a_command_runs_keeps_both_changes()
    {
        using var store = Open();
        Edit(text => text + $"\"/edited\" = \"{Stable.Text}\"\n");

        store.SetOverride("/project", Nightly.Text);

        Assert.Equal(["/edited", "/project"], store.ListOverrides().Select(entry => entry.Path));
        Assert.Contains("/edited", File.ReadAllText(Layout.SettingsFile), StringComparison.Ordinal);
    }

    [Fact]
    public void keeps_the_form_that_an_editor_gave_it_until_a_setting_changes()
    {
        Open().Dispose();
        Edit(text => "# mine\n" + text);

        Open().Dispose();
        Assert.StartsWith("# mine", File.ReadAllText(Layout.SettingsFile), StringComparison.Ordinal);
    }

    [Fact]
    public void that_is_torn_is_an_error_that_names_it_and_loses_nothing()
    {
        using (var store = Open())
        {
            store.SetOverride("/project", Stable.Text);
        }
        var whole = File.ReadAllText(Layout.SettingsFile);
        Edit(_ => "version = \"12\"\ndefault_tool");

        var failed = Assert.Throws<StoreException>(() => Open());
        Assert.Contains(Layout.SettingsFile, failed.Message + failed.InnerException?.Message, StringComparison.Ordinal);

        Edit(_ => whole);
        using var again = Open();
        Assert.Single(again.ListOverrides());
    }

    [Fact]
    public void that_was_deleted_is_written_again()
    {
        using (var store = Open())
        {
            store.SetOverride("/project", Stable.Text);
        }
        File.Delete(Layout.SettingsFile);

        Open().Dispose();

        Assert.Contains("/project", File.ReadAllText(Layout.SettingsFile), StringComparison.Ordinal);
    }

    [Fact]
    public void loses_no_change_of_many_writers()
    {
        Open().Dispose();

        Parallel.For(0, 12, number =>
        {
            using var store = Open();
            store.SetOverride($"/projects/{number:00}", Stable.Text);
        });

        using var reader = Open();
        Assert.Equal(12, reader.ListOverrides().Count);
        Assert.Equal(12, File.ReadAllLines(Layout.SettingsFile).Count(line => line.StartsWith("\"/projects", StringComparison.Ordinal)));
    }

    private void Edit(Func<string, string> change)
    {
        var text = File.ReadAllText(Layout.SettingsFile);
        File.WriteAllText(Layout.SettingsFile, change(text));
    }

    /// <summary>Whoever reads a file is overtaken before it can do anything with what it read.</summary>
    private sealed class OvertakenReader(Platform.IFileSystem files, Action<string> overtake) : DelegatingFileSystem(files)
    {
        public override byte[] ReadAll(string path)
        {
            var content = base.ReadAll(path);
            overtake(path);
            return content;
        }
    }
}
