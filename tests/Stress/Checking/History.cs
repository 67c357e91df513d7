namespace ToolchainStore.Tests.Stress.Checking;

/// <summary>What is known of a home while nobody works on it.</summary>
/// <param name="Toolchains">What is installed, by full name.</param>
/// <param name="Default">The default toolchain; null if none is set.</param>
/// <param name="Overrides">The toolchain of each directory that has an override.</param>
public sealed record HomeState(
    IReadOnlyDictionary<string, Toolchain> Toolchains, string? Default, IReadOnlyDictionary<string, string> Overrides);

/// <summary>
/// What happened since the state was known, object by object: each toolchain name, the default, and the override of each
/// directory.
/// </summary>
/// <remarks>
/// Checking them one by one is sound and loses nothing, because linearizability is local (Herlihy and Wing): a history is
/// explained as a whole exactly if the part of each object is. A command that is about several objects (<c>default
/// beta</c> installs, then sets; <c>update</c> takes one toolchain after the other; a list looks at every name) is one
/// step of each, somewhere within its time: neither rustup nor we promise that such a command happens at one moment.
/// </remarks>
public sealed class History
{
    private readonly Dictionary<string, ObjectHistory<Toolchain?>> toolchains;
    private readonly Dictionary<string, ObjectHistory<string?>> overrides;

    public History(HomeState initial, IEnumerable<Channel> channels, IEnumerable<string> directories)
    {
        toolchains = channels.ToDictionary(
            channel => channel.FullName,
            channel => new ObjectHistory<Toolchain?>(
                $"toolchain {channel.Name}", initial.Toolchains.GetValueOrDefault(channel.FullName)));
        overrides = directories.ToDictionary(
            directory => directory,
            directory => new ObjectHistory<string?>(
                $"override of {directory}", initial.Overrides.GetValueOrDefault(directory)));
        Default = new ObjectHistory<string?>("the default", initial.Default);
    }

    public ObjectHistory<string?> Default { get; }

    public IEnumerable<string> ToolchainNames => toolchains.Keys;

    public IEnumerable<string> Directories => overrides.Keys;

    public ObjectHistory<Toolchain?> OfToolchain(string fullName) =>
        toolchains.GetValueOrDefault(fullName) ?? throw new MisbehaviourException($"nobody asked for a toolchain '{fullName}'");

    public ObjectHistory<string?> OfOverride(string directory) =>
        overrides.GetValueOrDefault(directory) ?? throw new MisbehaviourException($"nobody set an override for '{directory}'");

    public IReadOnlyList<Anomaly> Check() =>
    [
        .. toolchains.Values.Select(history => history.Check()).OfType<Anomaly>(),
        .. overrides.Values.Append(Default).Select(history => history.Check()).OfType<Anomaly>(),
    ];
}

/// <summary>A command did what is right in no state.</summary>
public sealed class MisbehaviourException(string message) : Exception(message);
