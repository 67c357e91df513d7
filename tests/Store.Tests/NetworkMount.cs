using ToolchainStore.Platform;

namespace ToolchainStore.Tests;

/// <summary>The real file system, which says of every path that it is on a network mount.</summary>
internal sealed class NetworkMount(IFileSystem files) : DelegatingFileSystem(files)
{
    internal MountDescription Mount { get; init; } = new("/shared", "nfs4", "server:/export", ["rw", "vers=4.2", "hard"]);

    /// <summary>A machine on whose file system others are, too.</summary>
    internal static Machine Machine(IJournalAccess? journal = null) => new()
    {
        Files = new NetworkMount(Platform.Machine.Host.Files),
        Processes = Platform.Machine.Host.Processes,
        Network = Platform.Machine.Host.Network,
        Journal = journal ?? Platform.Machine.Host.Journal,
    };

    public override VolumeDescription Describe(string path) => new(VolumeKind.Network, "nfs", IsReadOnly: false);

    public override MountDescription? FindMount(string path) => Mount;
}
