using System.Collections.Frozen;

namespace ToolchainStore.Distribution;

/// <summary>The published list of packages that a channel offers on a date, with their digests.</summary>
public sealed class ChannelManifest
{
    private const string ReleasePackage = WholeRelease.Package;

    private readonly FrozenDictionary<string, string> oldNames;

    internal ChannelManifest(
        string date,
        IReadOnlyDictionary<string, Package> packages,
        IReadOnlyDictionary<string, string> renames,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? profiles)
    {
        Date = date;
        Packages = packages;
        Renames = renames;
        Profiles = profiles;
        // Several names may have become one; then the last in order is shown.
        oldNames = renames
            .GroupBy(rename => rename.Value)
            .ToFrozenDictionary(group => group.Key, group => group.Last().Key);
    }

    public string Date { get; }

    public IReadOnlyDictionary<string, Package> Packages { get; }

    /// <summary>From the name a package had to the one it has.</summary>
    public IReadOnlyDictionary<string, string> Renames { get; }

    /// <summary>The package names of each profile; null in a manifest from before there were profiles.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Profiles { get; }

    /// <summary>The version of the release, such as <c>1.95.0 (59807616e 2026-04-14)</c>.</summary>
    public string? RustVersion => Packages.GetValueOrDefault(ReleasePackage) is { Version.Length: > 0 } release
        ? release.Version
        : null;

    /// <param name="toml">The manifest.</param>
    /// <param name="source">Where it came from, for the error.</param>
    public static ChannelManifest Parse(string toml, string source)
    {
        try
        {
            return ParseChecked(toml);
        }
        catch (StoreException cause)
        {
            throw new StoreException(StoreErrorKind.Corrupt, $"could not parse manifest file: '{source}'", cause);
        }
    }

    /// <summary>What the release consists of for a host; null if there is none for it.</summary>
    public PackageTarget? FindRelease(string host) =>
        Packages.GetValueOrDefault(ReleasePackage)?.Targets.GetValueOrDefault(host);

    public PackageTarget? FindTarget(Component component) =>
        Packages.GetValueOrDefault(component.Package)?.FindTarget(component.Target);

    /// <summary>Whether there is something to download.</summary>
    public bool IsAvailable(Component component) => FindTarget(component) is { IsAvailable: true };

    /// <summary>Everything that can be installed for a host, in the manifest's order.</summary>
    public IReadOnlyList<Component> ComponentsOf(string host)
    {
        var release = OpenRelease(host);
        return [.. release.Components, .. release.Extensions];
    }

    /// <summary>Whether the release brings a component by itself or only offers it.</summary>
    public bool IsExtension(Component component, string host) => OpenRelease(host).Extensions.Contains(component);

    /// <summary>What a profile installs on a host, without what the release does not have for it.</summary>
    public IReadOnlyList<Component> ProfileComponents(Profile profile, string host)
    {
        if (Profiles is null)
        {
            return OpenRelease(host).Components;
        }
        var name = ProfileText.Format(profile);
        if (!Profiles.TryGetValue(name, out var packages))
        {
            throw new StoreException(StoreErrorKind.NotFound, $"profile not found: '{name}'");
        }
        var offered = ComponentsOf(host);
        return
        [
            .. packages.SelectMany(package => offered.Where(component =>
                component.Package == package && (component.Target is null || component.Target == host))),
        ];
    }

    /// <summary>
    /// The component that a user means by <c>clippy</c>, <c>clippy-preview</c> or <c>clippy-TARGET</c>; null if the
    /// release has none. A name without target means <paramref name="target"/>, or else the host.
    /// </summary>
    public Component? Resolve(string userText, string? target, string host)
    {
        var offered = ComponentsOf(host);
        foreach (var component in offered)
        {
            if (userText == component.FullName || userText == DisplayName(component))
            {
                return component;
            }
        }
        var meant = Rename(new Component(userText, target ?? host));
        if (offered.Contains(meant))
        {
            return meant;
        }
        var everywhere = meant with { Target = null };
        return offered.Contains(everywhere) ? everywhere : null;
    }

    /// <summary>
    /// The name that a user may have meant, among components of the same target; as in rustup that leaves out those
    /// for all targets.
    /// </summary>
    public string? Suggest(string userText, string target, IEnumerable<Component> among) => Suggestion.Nearest(
        userText,
        among.Where(component => component.Target == target)
            .SelectMany(component => new[] { ShortName(component), component.Package }));

    /// <summary>The component under the name it has in this manifest.</summary>
    public Component Rename(Component component) =>
        component with { Package = Renames.GetValueOrDefault(component.Package, component.Package) };

    /// <summary>The name that users know: <c>clippy</c> for the package <c>clippy-preview</c>.</summary>
    public string ShortName(Component component) =>
        oldNames.GetValueOrDefault(component.Package, component.Package);

    /// <summary>As lists show it: <c>clippy-x86_64-unknown-linux-gnu</c>.</summary>
    public string DisplayName(Component component) => (component with { Package = ShortName(component) }).FullName;

    /// <summary>As progress messages say it: with the target if that is not the toolchain's own.</summary>
    public string Describe(Component component, string host)
    {
        var name = ShortName(component);
        return component.Target is null || component.Target == host ? name : $"{name} for target {component.Target}";
    }

    /// <summary>As errors say it: quoted, with the target if there is one.</summary>
    public string DescribeFully(Component component)
    {
        var name = $"'{ShortName(component)}'";
        return component.Target is null ? name : $"{name} for target '{component.Target}'";
    }

    private static ChannelManifest ParseChecked(string toml)
    {
        ChannelManifest manifest;
        try
        {
            manifest = new ManifestReader(toml).Read();
        }
        catch (StoreException cause)
        {
            throw new StoreException(StoreErrorKind.Corrupt, "error parsing manifest", cause);
        }
        manifest.CheckReferences();
        return manifest;
    }

    private void CheckReferences()
    {
        foreach (var target in Packages.Values.SelectMany(package => package.Targets.Values))
        {
            CheckReferences(target.Components);
            CheckReferences(target.Extensions);
        }
        foreach (var newName in Renames.Values)
        {
            if (!Packages.ContainsKey(newName))
            {
                throw Broken($"missing package for the target of a rename {newName}");
            }
        }
    }

    private void CheckReferences(IReadOnlyList<Component> components)
    {
        foreach (var component in components)
        {
            if (FindTarget(component) is null)
            {
                throw Broken($"missing package for component {ShortName(component)}", Missing(component));
            }
        }
    }

    private PackageTarget OpenRelease(string host) =>
        FindRelease(host) ?? throw Missing(new Component(ReleasePackage, host));

    private StoreException Missing(Component component) => Packages.ContainsKey(component.Package)
        ? new StoreException(
            StoreErrorKind.NotFound,
            $"target '{component.Target ?? Component.Wildcard}' not found in channel.  Perhaps check " +
            "https://doc.rust-lang.org/nightly/rustc/platform-support.html for available targets")
        : new StoreException(StoreErrorKind.NotFound, $"package not found: '{component.Package}'");

    private static StoreException Broken(string what, Exception? cause = null) =>
        new(StoreErrorKind.Corrupt, $"server sent a broken manifest: {what}", cause);
}
