using ToolchainStore.Cli.Setup.Shells;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>Makes the user's shells find <c>$CARGO_HOME/bin</c>, and undoes it.</summary>
internal sealed class ShellProfiles(Machine machine, UserHomes homes)
{
    private readonly ShellSurroundings surroundings = ShellSurroundings.OfUser(machine, homes.CargoHome);
    private readonly AmendedProfiles amended = new(machine, homes);

    private IReadOnlyList<Shell> Shells => field ??= Shell.ListAll(surroundings);

    private IReadOnlyList<Shell> Present => field ??= [.. Shells.Where(shell => shell.IsPresent)];

    // What rustup wrote before it wrote what it does now.
    private string[] LegacyLines
    {
        get
        {
            var shown = surroundings.ShowCargoHome("$HOME");
            return [$"export PATH=\"{shown}/bin:$PATH\"", $"source \"{shown}/env\""];
        }
    }

    /// <summary>Which profiles would be changed.</summary>
    internal IReadOnlyList<string> ListWanted() =>
        [.. Present.SelectMany(shell => shell.WantedProfiles).Distinct()];

    /// <remarks>Crash: each script is old or new, and what is left beside it goes with an installation a day later.</remarks>
    internal void WriteScripts()
    {
        foreach (var shell in Present.DistinctBy(shell => shell.ScriptName))
        {
            var path = Path.Combine(homes.CargoHome, shell.ScriptName);
            machine.Files.ReplaceText(path, shell.Script, FileSystemExtensions.TemporaryPath(path, machine.NewId()));
            machine.Files.SweepTemporaries(path, machine.Clock.GetUtcNow() - InstalledPrograms.Memory);
        }
    }

    /// <summary>Adds each shell's line once, and takes away what older versions of rustup wrote instead.</summary>
    /// <remarks>Crash: some profiles have the line and some have not; installing again adds the rest.</remarks>
    internal void AddLines()
    {
        RemoveLegacyLines();
        foreach (var shell in Present)
        {
            foreach (var profile in shell.WantedProfiles)
            {
                var file = new SharedFile(machine, profile);
                // Looked at first: what needs no change need not be writable.
                if (file.TryRead() is { } content && ProfileLines.Mentions(content, shell.Line))
                {
                    file.SweepTemporaries();
                    continue;
                }
                Amend(profile, current => AddLine(profile, current, shell.Line));
            }
        }
    }

    /// <summary>Takes the lines away again wherever they may be, and leaves everything else byte for byte.</summary>
    /// <remarks>Crash: some profiles still have the line; uninstalling again takes it away.</remarks>
    internal void RemoveLines()
    {
        RemoveLegacyLines();
        var recorded = amended.Read();
        foreach (var profiles in Shells
            .SelectMany(shell => shell.KnownProfiles.Select(profile => (Profile: profile, shell.Line)))
            .Concat(recorded.Select(entry => (entry.Profile, entry.Line)))
            .Distinct()
            .GroupBy(entry => entry.Profile, entry => entry.Line))
        {
            AmendExisting(profiles.Key, content => profiles.Aggregate(content, (rest, line) =>
                recorded.Contains(new AmendedProfile(profiles.Key, line, HasLineBreak: true))
                    ? ProfileLines.RemoveWithLineBreak(rest, line)
                    : ProfileLines.Remove(rest, line)));
        }
    }

    private byte[] AddLine(string profile, byte[]? content, string line)
    {
        if (content is not null && ProfileLines.Mentions(content, line))
        {
            return content;
        }
        // Before the profile is changed: a record of what did not happen finds nothing to undo.
        amended.Add(new AmendedProfile(profile, line, content is not null && ProfileLines.LacksLineBreak(content)));
        machine.ReachCrashPoint(CrashPoint.ProfileRecorded);
        return ProfileLines.Append(content, line);
    }

    private void RemoveLegacyLines()
    {
        foreach (var profile in Shells.SelectMany(shell => shell.LegacyProfiles).Distinct())
        {
            AmendExisting(profile, content => LegacyLines.Aggregate(content, ProfileLines.Remove));
        }
    }

    private void AmendExisting(string profile, Func<byte[], byte[]> change)
    {
        if (new SharedFile(machine, profile).TryRead() is { } content && !change(content).AsSpan().SequenceEqual(content))
        {
            Amend(profile, current => change(current ?? []));
        }
    }

    private void Amend(string profile, Func<byte[]?, byte[]> change)
    {
        try
        {
            new SharedFile(machine, profile).Change(change);
        }
        catch (FileSystemException refused)
        {
            throw new StoreException(StoreErrorKind.Disk, $"could not amend shell profile: '{profile}'", refused);
        }
    }
}
