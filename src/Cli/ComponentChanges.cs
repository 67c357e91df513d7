using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>Adding and removing components and targets, one at a time as rustup 1.29 does.</summary>
internal static class ComponentChanges
{
    private const string StandardLibrary = "rust-std";

    internal static void Add(Workspace workspace, string? toolchain, IReadOnlyList<string> texts, string? target)
    {
        var name = workspace.RequireComponents(workspace.RequireToolchain(toolchain));
        var manifest = workspace.Writing.LoadManifest(name);
        foreach (var text in texts)
        {
            AddOne(workspace, name, RequireOffered(manifest, name, text, target));
        }
    }

    /// <summary>Removes them; the toolchain that they were removed from.</summary>
    internal static ToolchainName.Official Remove(
        Workspace workspace, string? toolchain, IReadOnlyList<string> texts, string? target)
    {
        var name = workspace.RequireComponents(workspace.RequireToolchain(toolchain));
        var manifest = workspace.Writing.LoadManifest(name);
        foreach (var text in texts)
        {
            var component = RequireInstalled(workspace, manifest, name, text, target);
            workspace.Writing.ChangeComponents(new ComponentRequest(name, [], [component]));
        }
        return name;
    }

    internal static void AddTargets(Workspace workspace, string? toolchain, IReadOnlyList<string> targets)
    {
        var name = workspace.RequireComponents(workspace.RequireToolchain(toolchain));
        var manifest = workspace.Writing.LoadManifest(name);
        var installed = workspace.Writing.ReadComponents(name).Installed;
        foreach (var target in Expand(manifest, name, targets, installed))
        {
            var component = new Component(StandardLibrary, target);
            if (!manifest.ComponentsOf(name.Host).Contains(component))
            {
                throw UnsupportedTarget(manifest, name, target);
            }
            AddOne(workspace, name, component);
        }
    }

    internal static void RemoveTargets(Workspace workspace, string? toolchain, IReadOnlyList<string> targets)
    {
        var name = workspace.RequireComponents(workspace.RequireToolchain(toolchain));
        foreach (var target in targets)
        {
            if (target == workspace.Writing.DefaultHost)
            {
                workspace.Reporter.Warn(
                    "removing the default host target; proc-macros and build scripts might no longer build");
            }
            var installed = workspace.Writing.ReadComponents(name).Installed;
            var installedTargets = installed
                .Where(component => component.Package == StandardLibrary).Select(component => component.Target).ToList();
            if (installed.Select(component => component.Target).OfType<string>().Distinct().Count() <= 1)
            {
                workspace.Reporter.Warn("removing the last target; no build targets will be available");
            }
            if (!installedTargets.Contains(target))
            {
                throw new StoreException(
                    StoreErrorKind.NotFound,
                    $"toolchain '{name.Text}' does not have target '{target}' installed"
                    + Suggest(target, installedTargets.OfType<string>()) + "\n");
            }
            workspace.Writing.ChangeComponents(
                new ComponentRequest(name, [], [new Component(StandardLibrary, target)]));
        }
    }

    private static void AddOne(Workspace workspace, ToolchainName.Official name, Component component) =>
        workspace.Writing.ChangeComponents(new ComponentRequest(name, [component], []));

    private static Component RequireOffered(
        ChannelManifest manifest, ToolchainName.Official name, string text, string? target) =>
        manifest.Resolve(text, target, name.Host)
            ?? throw UnknownComponent(manifest, name, text, target, manifest.ComponentsOf(name.Host));

    private static Component RequireInstalled(
        Workspace workspace, ChannelManifest manifest, ToolchainName.Official name, string text, string? target)
    {
        var installed = workspace.Writing.ReadComponents(name).Installed;
        return manifest.Resolve(text, target, name.Host) is { } component && installed.Contains(component)
            ? component
            : throw UnknownComponent(manifest, name, text, target, installed);
    }

    private static StoreException UnknownComponent(
        ChannelManifest manifest, ToolchainName.Official name, string text, string? target, IReadOnlyList<Component> known)
    {
        var advice = text.StartsWith(StandardLibrary, StringComparison.Ordinal)
            ? "\nnote: not all platforms have the standard library pre-compiled: https://doc.rust-lang.org/nightly/rustc/platform-support.html"
                + (name.Channel == Channel.Nightly ? "\nhelp: consider using `cargo build -Z build-std` instead" : "")
            : "";
        return new StoreException(
            StoreErrorKind.NotFound,
            $"toolchain '{name.Text}' does not contain component '{text}' for target '{target ?? name.Host}'"
            + (manifest.Suggest(text, target ?? name.Host, known) is { } nearest ? $"; did you mean '{nearest}'?" : "")
            + advice);
    }

    private static StoreException UnsupportedTarget(ChannelManifest manifest, ToolchainName.Official name, string target)
    {
        var known = manifest.Packages[StandardLibrary].Targets.Keys;
        return known.Contains(target) || KnownTargets.Contain(target)
            ? new StoreException(
                StoreErrorKind.NotFound,
                $"toolchain '{name.Text}' has no prebuilt artifacts available for target '{target}'"
                + "\nnote: this may happen to a low-tier target as per https://doc.rust-lang.org/nightly/rustc/platform-support.html"
                + "\nnote: you can find instructions on that page to build the target support from source")
            : new StoreException(
                StoreErrorKind.NotFound,
                $"toolchain '{name.Text}' does not support target '{target}'{Suggest(target, known)}"
                + "\nnote: you can see a list of supported targets with `rustc --print=target-list`"
                + "\nnote: if you are adding support for a new target to rustc itself, see https://rustc-dev-guide.rust-lang.org/building/new-target.html");
    }

    private static string Suggest(string text, IEnumerable<string> candidates) =>
        Suggestion.Nearest(text, candidates) is { } nearest ? $"; did you mean '{nearest}'?" : "";

    private static IEnumerable<string> Expand(
        ChannelManifest manifest, ToolchainName.Official name, IReadOnlyList<string> targets, IReadOnlyList<Component> installed)
    {
        if (!targets.Contains("all"))
        {
            return targets;
        }
        if (targets.Count > 1)
        {
            throw new StoreException(
                StoreErrorKind.Usage, $"`rustup target add {string.Join(' ', targets)}` includes `all`");
        }
        return manifest.ComponentsOf(name.Host)
            .Where(component => component.Package == StandardLibrary
                && !installed.Contains(component)
                && manifest.FindTarget(component) is { IsAvailable: true, Archives.Count: > 0 })
            .Select(component => component.Target).OfType<string>();
    }
}
