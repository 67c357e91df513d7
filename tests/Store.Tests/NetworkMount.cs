using ToolchainStore.Platform;

namespace ToolchainStore.Tests;

/// <summary>The real file system, which says of every path that it is on a network mount.</summary>
internal sealed class NetworkMount(IFileSystem files) : DelegatingFileSystem(files)
{
    public override VolumeDescription Describe(string path) => new(VolumeKind.Network, "nfs", IsReadOnly: false);
}
