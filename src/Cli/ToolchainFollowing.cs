using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli;

/// <summary>How <c>install</c>, <c>update</c>, <c>default</c> and <c>override set</c> bring a toolchain in place.</summary>
internal static class ToolchainFollowing
{
    /// <summary>Installs or updates, and says what came of it.</summary>
    internal static SummaryRow Follow(Workspace workspace, FollowRequest request)
    {
        var store = workspace.Writing;
        // Held, the tree that it is now stays, and its compiler is run only where there is another one to compare it with.
        using var old = store.Catalog.Find(request.Name) is { } installed ? store.Hold(installed.Location) : null;
        // The files of another rustup's toolchain are another toolchain's after the update.
        var oldVersion = old is { Location: ToolchainLocation.Elsewhere } ? VersionOf(old) : null;
        var outcome = store.Follow(request);
        if (outcome == InstallOutcome.Updated && old is not null)
        {
            oldVersion ??= VersionOf(old);
        }
        return new SummaryRow(
            request.Name.Text,
            UpdateSummary.Banner(outcome),
            UpdateSummary.CompilerVersion(store, request.Name),
            outcome == InstallOutcome.Updated ? oldVersion : null);

        string VersionOf(HeldToolchain held) => UpdateSummary.CompilerVersion(request.Name.Text, held);
    }

    /// <summary>Uses what is installed, or installs it; never updates.</summary>
    internal static SummaryRow EnsureInstalled(Workspace workspace, ToolchainName.Official name)
    {
        if (workspace.Writing.Catalog.Find(name) is null)
        {
            return Follow(workspace, new FollowRequest { Name = name, Profile = workspace.Profile, MayUpdate = false });
        }
        workspace.Reporter.Info($"using existing install for {name.Text}");
        return new SummaryRow(
            name.Text, UpdateSummary.Banner(InstallOutcome.Unchanged),
            UpdateSummary.CompilerVersion(workspace.Writing, name), null);
    }

    /// <summary>A toolchain for another host may not run here, which nobody finds out gladly after a download.</summary>
    /// <param name="workspace">Knows what host this is, whatever the default host is set to.</param>
    /// <param name="name">The toolchain.</param>
    /// <param name="isForced">Whether the user said that it does run here.</param>
    /// <param name="shownAs">What the user called it, if it was less than its full name.</param>
    internal static void RequireCompatible(
        Workspace workspace, ToolchainName.Official name, bool isForced, string? shownAs = null)
    {
        if (isForced || TargetTriple.CanRun(workspace.DetectedHost, name.Host))
        {
            return;
        }
        throw new StoreException(
            StoreErrorKind.Usage,
            $"toolchain '{shownAs ?? name.Text}' may not be able to run on this system"
            + $"\nnote: to build software for that platform, try `rustup target add {name.Host}` instead"
            + "\nnote: add the `--force-non-host` flag to install the toolchain anyway");
    }
}
