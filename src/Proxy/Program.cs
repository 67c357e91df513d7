using ToolchainStore;
using ToolchainStore.Proxy;

try
{
    return Proxy.Run();
}
catch (StoreException failed)
{
    ErrorOutput.WriteError(failed);
    return 1;
}
