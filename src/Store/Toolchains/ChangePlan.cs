using ToolchainStore.Distribution;

namespace ToolchainStore.Toolchains;

/// <summary>What the components of a toolchain shall be, computed from what they are; nothing is done by it.</summary>
/// <param name="Final">The components afterwards, in the order of the release.</param>
/// <param name="Added">Those of them that are not there now.</param>
/// <param name="Removed">What is there now and will not be.</param>
/// <param name="Unavailable">What was asked for, or is there, and the release does not offer.</param>
/// <param name="AlreadyPresent">What was asked for and is there.</param>
public sealed record ChangePlan(
    IReadOnlyList<Component> Final,
    IReadOnlyList<Component> Added,
    IReadOnlyList<Component> Removed,
    IReadOnlyList<Component> Unavailable,
    IReadOnlyList<Component> AlreadyPresent)
{
    public bool ChangesComponents => Added.Count > 0 || Removed.Count > 0;

    /// <summary>The components of a fresh installation.</summary>
    public static ChangePlan Fresh(
        ChannelManifest manifest, string host, Profile profile, IReadOnlyList<Component> requested) =>
        Compute(manifest, host, [], [.. manifest.ProfileComponents(profile, host), .. requested], []);

    /// <summary>
    /// The components after an update to a release, or after adding and removing within one: what is installed is
    /// carried over (renamed, or as the release has it for every host), then removals and additions apply.
    /// </summary>
    public static ChangePlan Compute(
        ChannelManifest manifest,
        string host,
        IReadOnlyList<Component> installed,
        IReadOnlyList<Component> additions,
        IReadOnlyList<Component> removals)
    {
        var offered = manifest.ComponentsOf(host);
        var wanted = new List<Component>();
        var unavailable = new List<Component>();
        foreach (var component in installed.Except(removals))
        {
            if (CarryOver(manifest, offered, component) is { } carried)
            {
                wanted.Add(carried);
            }
            else
            {
                unavailable.Add(component);
            }
        }
        wanted.AddRange(additions);
        var final = wanted.Distinct().ToList();
        unavailable.AddRange(final.Where(component =>
            manifest.FindTarget(component) is not { IsAvailable: true, Archives.Count: > 0 }));
        var order = offered.Select((component, position) => (component, position))
            .ToDictionary(entry => entry.component, entry => entry.position);
        final = [.. final.Except(unavailable).OrderBy(component => order.GetValueOrDefault(component, int.MaxValue))];
        return new ChangePlan(
            final,
            [.. final.Except(installed)],
            [.. installed.Except(final)],
            [.. unavailable.Distinct()],
            [.. additions.Intersect(installed)]);
    }

    private static Component? CarryOver(
        ChannelManifest manifest, IReadOnlyList<Component> offered, Component component)
    {
        var renamed = manifest.Renames.GetValueOrDefault(component.Package) is { } newName
            ? component with { Package = newName }
            : component;
        if (offered.Contains(renamed))
        {
            return renamed;
        }
        // Historic: rust-src was once a package of each host.
        var everywhere = renamed with { Target = null };
        return offered.Contains(everywhere) ? everywhere : null;
    }
}
