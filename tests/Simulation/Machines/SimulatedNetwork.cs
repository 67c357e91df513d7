using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Simulation.Machines;

/// <summary>Requests to the release server; one that fails is a connection that was refused.</summary>
internal sealed class SimulatedNetwork(SimulatedProcess process) : INetwork
{
    public NetworkResponse Get(string url, long firstByte, TimeSpan idleTimeout)
    {
        try
        {
            return process.Perform(new Effect(EffectKind.Request, url), () => Answer(url, firstByte));
        }
        catch (FileSystemException refused)
        {
            throw new NetworkException($"could not reach '{url}': {refused.Error}");
        }
    }

    public long? TryMeasure(string url, TimeSpan timeout) => process.World.Server.Find(url)?.Length;

    private NetworkResponse Answer(string url, long firstByte)
    {
        if (process.World.Server.Find(url) is not { } body)
        {
            return new NetworkResponse(404, 0, Stream.Null, owner: null);
        }
        return firstByte > body.Length
            ? new NetworkResponse(416, 0, Stream.Null, owner: null)
            : new NetworkResponse(
                firstByte > 0 ? 206 : 200, body.Length - firstByte,
                new MemoryStream(body, (int)firstByte, (int)(body.Length - firstByte), writable: false), owner: null);
    }
}
