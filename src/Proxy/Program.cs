using ToolchainStore;
using ToolchainStore.Messages;
using ToolchainStore.Platform;
using ToolchainStore.Proxy;

StandardStreams.EnsureOpen();
try
{
    WorkingDirectory.Require();
    return Proxy.Run();
}
catch (StoreException failed)
{
    ErrorOutput.WriteError(failed);
    return 1;
}
