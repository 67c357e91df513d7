using System.Text;
using ToolchainStore.Platform;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>A profile, the line it got, and whether it got a line break before that.</summary>
internal sealed record AmendedProfile(string Profile, string Line, bool HasLineBreak);

/// <summary>
/// Which profiles were changed and how, beside the programs: what uninstalling cannot see from a profile, or not find any
/// more because the variable that says where it is has changed. One line each, its fields separated by tabs.
/// </summary>
/// <remarks>Crash: the record is as before or complete.</remarks>
internal sealed class AmendedProfiles(Machine machine, UserHomes homes)
{
    private const char Separator = '\t';
    private const string WithLineBreak = "line-break", WithoutLineBreak = "line";

    private readonly SharedFile file = new(machine, Path.Combine(homes.CargoBin, InstalledPrograms.DirectoryName, "profiles"));

    internal IReadOnlyList<AmendedProfile> Read() => Parse(file.TryRead());

    /// <summary>Replaces what was said of the profile and the line before.</summary>
    internal void Add(AmendedProfile added) => file.Change(content => Format(
        [.. Parse(content).Where(entry => entry.Profile != added.Profile || entry.Line != added.Line), added]));

    private static byte[] Format(IEnumerable<AmendedProfile> entries) => Encoding.UTF8.GetBytes(string.Concat(entries.Select(
        entry => string.Join(Separator, entry.HasLineBreak ? WithLineBreak : WithoutLineBreak, entry.Line, entry.Profile) + "\n")));

    private static IReadOnlyList<AmendedProfile> Parse(byte[]? content) =>
    [
        .. Encoding.UTF8.GetString(content ?? []).Split('\n')
            .Select(line => line.Split(Separator))
            // A path with a tab or a line break in it is not found again; its shell still knows it.
            .Where(fields => fields.Length == 3)
            .Select(fields => new AmendedProfile(fields[2], fields[1], fields[0] == WithLineBreak)),
    ];
}
