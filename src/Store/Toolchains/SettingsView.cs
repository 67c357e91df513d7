using System.Collections.Immutable;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>
/// settings.toml: exported from the journal by rename, and imported as a difference from the last export when somebody
/// else edited it. Invariants: the transaction that changes a setting stores the text to export; a file equal to the
/// last or the pending export is ours.
/// </summary>
public sealed class SettingsView(Machine machine, StoreLayout layout, JournalDatabase journal)
{
    private const int ReadAttemptsMax = 100;

    /// <summary>What <c>stat</c> says of the file, as one comparable text.</summary>
    public static string StampOf(FileStatus? status) => status is null
        ? ""
        : $"{status.ModifiedNanoseconds} {status.SizeBytes} {status.Identity.Inode}";

    /// <summary>Whether the journal holds what the file says: one <c>stat</c>, unless the file is another one.</summary>
    public bool IsCurrent() => journal.LookUp(query => IsCurrent(
        query.FindStoreCell(StoreTable.SettingsStamp), query.FindSettingsText, machine.Files, layout));

    /// <summary>As <see cref="IsCurrent()"/>, for whoever asks the journal in another way.</summary>
    /// <remarks>
    /// Another file with our text is ours: a writer renames the file before it commits the new stamp, and may be
    /// stopped in between, which must not make a reader wait for it.
    /// </remarks>
    public static bool IsCurrent(string? stamp, Func<string, string?> findText, IFileSystem files, StoreLayout layout) =>
        stamp == StampOf(files.TargetStatus(layout.SettingsFile))
        || (files.TryReadText(layout.SettingsFile) is { } text
            && (text == findText(SettingsTextTable.Pending) || text == findText(SettingsTextTable.Export)));

    /// <summary>Stores in the running transaction that the settings as they are now want to be exported.</summary>
    public static void MarkPending(JournalSession session) =>
        session.SettingsTexts.Set(SettingsTextTable.Pending, SettingsFile.Format(ReadSettings(session)));

    /// <summary>The settings that the journal holds.</summary>
    public static Settings ReadSettings(JournalSession session)
    {
        var values = session.Settings.List().ToDictionary(row => row.Key, row => row.Value, StringComparer.Ordinal);
        return new Settings
        {
            DefaultHost = values.GetValueOrDefault(SettingKeys.DefaultHost),
            DefaultToolchain = values.GetValueOrDefault(SettingKeys.DefaultToolchain),
            Profile = ProfileText.TryParse(values.GetValueOrDefault(SettingKeys.Profile, "")),
            PgpKeys = values.GetValueOrDefault(SettingKeys.PgpKeys),
            AutoSelfUpdate = SelfUpdateModeText.TryParse(values.GetValueOrDefault(SettingKeys.AutoSelfUpdate, "")),
            AutoInstall = AutoInstallText.TryParse(values.GetValueOrDefault(SettingKeys.AutoInstall)),
            Overrides = session.Overrides.List().ToImmutableSortedDictionary(
                row => row.Path, row => row.Toolchain, StringComparer.Ordinal),
        };
    }

    /// <summary>Why the file cannot be read as one of settings; null if it can, or there is none. An edit is no fault.</summary>
    public static string? FindFault(IFileSystem files, StoreLayout layout)
    {
        try
        {
            switch (files.Status(layout.SettingsFile)?.Kind)
            {
                case null or FileKind.SymbolicLink when files.TargetStatus(layout.SettingsFile) is null:
                    return null;
                case FileKind.Directory or FileKind.Other:
                    return $"'{layout.SettingsFile}' is no file";
                default:
                    SettingsFile.Parse(files.ReadText(layout.SettingsFile), layout.SettingsFile);
                    return null;
            }
        }
        catch (StoreException unreadable)
        {
            return unreadable.Message.Split('\n')[0];
        }
    }

    /// <summary>What is wrong with the file, or with what the journal remembers of it.</summary>
    public IReadOnlyList<Finding> Verify()
    {
        var fault = FindFault(machine.Files, layout);
        if (fault is null && machine.Files.TargetStatus(layout.SettingsFile) is null
            && journal.Read(session => session.SchemaVersion < Migrations.Latest ? null : session.SettingsTexts.Find(SettingsTextTable.Export)) is not null)
        {
            fault = $"'{layout.SettingsFile}' is missing";
        }
        return fault is null ? [] : [new Finding(FindingKind.View, "settings", fault) { Path = layout.SettingsFile }];
    }

    /// <summary>Takes over what somebody else wrote into the file. True if the journal changed.</summary>
    /// <remarks>Crash: the import is one transaction; before it the file is simply still different.</remarks>
    public bool Import()
    {
        for (var attempt = 0; attempt < ReadAttemptsMax; attempt++)
        {
            var stamp = StampOf(machine.Files.TargetStatus(layout.SettingsFile));
            if (stamp.Length == 0 || journal.Read(session => session.Store.Find(StoreTable.SettingsStamp)) == stamp)
            {
                return false;
            }
            var text = machine.Files.TryReadText(layout.SettingsFile);
            if (text is not null && TryImport(text, stamp) is { } hasChanged)
            {
                return hasChanged;
            }
        }
        throw new StoreException(
            StoreErrorKind.Busy, $"'{layout.SettingsFile}' keeps changing while it is read\nhelp: run the command again");
    }

    /// <summary>Writes the file if the journal wants another one.</summary>
    /// <remarks>
    /// Crash: the file is old or new; the pending text stays in the journal until it is written, so the next writer
    /// writes it. Locking: inside a write transaction, so exports follow commits in their order. An editor knows nothing
    /// of that: what it saves between our look and our rename is lost.
    /// </remarks>
    public void Export()
    {
        if (journal.Read(session => !IsExportNeeded(session)) && !machine.Files.Exists(layout.SettingsBeingWritten))
        {
            return;
        }
        journal.Write(session =>
        {
            Absorb(session);
            if (!IsExportNeeded(session))
            {
                // What a killed command began to write and others have changed back since.
                machine.Files.TryDeleteFile(layout.SettingsBeingWritten);
                return;
            }
            var text = session.SettingsTexts.Find(SettingsTextTable.Pending) ?? SettingsFile.Format(ReadSettings(session));
            machine.ReachCrashPoint(CrashPoint.BeforeExport);
            machine.Files.ReplaceText(layout.SettingsFile, text, layout.SettingsBeingWritten);
            machine.ReachCrashPoint(CrashPoint.AfterExport);
            machine.Trace?.Invoke($"wrote '{layout.SettingsFile}'");
            session.SettingsTexts.Set(SettingsTextTable.Export, text);
            session.SettingsTexts.Set(SettingsTextTable.Pending, text);
            session.Store.Set(
                StoreTable.SettingsStamp, StampOf(machine.Files.TargetStatus(layout.SettingsFile)));
        });
    }

    private bool IsExportNeeded(JournalSession session)
    {
        var exported = session.SettingsTexts.Find(SettingsTextTable.Export);
        return exported is null
            || exported != session.SettingsTexts.Find(SettingsTextTable.Pending)
            || !machine.Files.Exists(layout.SettingsFile);
    }

    /// <summary>
    /// Takes over, in the running transaction, a file that is not the one last recorded: an edit since this command
    /// imported it, which is merged and not overwritten, or what an export wrote before it was killed.
    /// </summary>
    public void Absorb(JournalSession session)
    {
        var stamp = StampOf(machine.Files.TargetStatus(layout.SettingsFile));
        if (stamp.Length > 0
            && stamp != session.Store.Find(StoreTable.SettingsStamp)
            && machine.Files.TryReadText(layout.SettingsFile) is { } text)
        {
            Merge(session, text, stamp);
        }
    }

    /// <summary>Null if the file is not the one that was read any more.</summary>
    private bool? TryImport(string text, string stamp) => journal.Write<bool?>(session =>
    {
        // Exports happen under the write lock, which is ours now: a text that another command replaced since it was
        // read must not be taken for an edit that undoes that command.
        if (StampOf(machine.Files.TargetStatus(layout.SettingsFile)) != stamp) // Guard: recheck-settings
        {
            return null;
        }
        return Merge(session, text, stamp);
    });

    /// <summary>Takes over what the file says differently from the last export. True if the journal changed.</summary>
    private bool Merge(JournalSession session, string text, string stamp)
    {
        var exported = session.SettingsTexts.Find(SettingsTextTable.Export);
        var pending = session.SettingsTexts.Find(SettingsTextTable.Pending);
        session.Store.Set(StoreTable.SettingsStamp, stamp);
        session.SettingsTexts.Set(SettingsTextTable.Export, text);
        if (text == exported || text == pending)
        {
            return false;
        }
        machine.Trace?.Invoke($"taking over what somebody wrote to '{layout.SettingsFile}'");
        var before = exported is null ? Settings.Initial : SettingsFile.Parse(exported, layout.SettingsFile);
        ApplyDifference(session, before, SettingsFile.Parse(text, layout.SettingsFile));
        // What we had pending and what the editor wrote are merged now; the file needs rewriting only if they differ.
        var merged = SettingsFile.Format(ReadSettings(session));
        var asEdited = SettingsFile.Format(SettingsFile.Parse(text, layout.SettingsFile));
        session.SettingsTexts.Set(SettingsTextTable.Pending, merged == asEdited ? text : merged);
        return true;
    }

    private static void ApplyDifference(JournalSession session, Settings before, Settings after)
    {
        foreach (var (key, read) in SettingKeys.All)
        {
            if (read(before) != read(after))
            {
                session.Settings.Set(key, read(after));
            }
        }
        foreach (var path in before.Overrides.Keys.Where(path => !after.Overrides.ContainsKey(path)))
        {
            session.Overrides.Delete(path);
        }
        foreach (var (path, toolchain) in after.Overrides)
        {
            if (before.Overrides.GetValueOrDefault(path) != toolchain)
            {
                session.Overrides.Set(path, toolchain);
            }
        }
    }
}

/// <summary>The keys of settings.toml as the journal stores them.</summary>
public static class SettingKeys
{
    public const string DefaultHost = "default_host_triple";
    public const string DefaultToolchain = "default_toolchain";
    public const string Profile = "profile";
    public const string PgpKeys = "pgp_keys";
    public const string AutoSelfUpdate = "auto_self_update";
    public const string AutoInstall = "auto_install";

    /// <summary>Ours alone. It stays in the journal: rustup drops a key that it does not know whenever it writes the file.</summary>
    public const string Documentation = "docs";

    internal static IReadOnlyList<(string Key, Func<Settings, string?> Read)> All { get; } =
    [
        (DefaultHost, settings => settings.DefaultHost),
        (DefaultToolchain, settings => settings.DefaultToolchain),
        (Profile, settings => settings.Profile is { } profile ? ProfileText.Format(profile) : null),
        (PgpKeys, settings => settings.PgpKeys),
        (AutoSelfUpdate, settings => settings.AutoSelfUpdate is { } mode ? SelfUpdateModeText.Format(mode) : null),
        (AutoInstall, settings => settings.AutoInstall is { } isEnabled ? AutoInstallText.Format(isEnabled) : null),
    ];
}

/// <summary>The texts of the switch for installing missing toolchains unasked.</summary>
public static class AutoInstallText
{
    public static string Format(bool isEnabled) => isEnabled ? "enable" : "disable";

    public static bool? TryParse(string? text) => text switch
    {
        "enable" => true,
        "disable" => false,
        _ => null,
    };
}
