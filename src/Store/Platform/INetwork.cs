namespace ToolchainStore.Platform;

/// <summary>The answer to one request: status, length if announced, and the body as it arrives.</summary>
public sealed class NetworkResponse(int status, long? lengthBytes, Stream body, IDisposable? owner) : IDisposable
{
    public int Status { get; } = status;

    public long? LengthBytes { get; } = lengthBytes;

    public Stream Body { get; } = body;

    public void Dispose()
    {
        Body.Dispose();
        owner?.Dispose();
    }
}

/// <summary>Requests to a distribution server.</summary>
public interface INetwork
{
    /// <summary>GETs a url, from <paramref name="firstByte"/> on when it is not zero.</summary>
    /// <exception cref="NetworkException">No answer: the server, its name, its certificate, or our libraries.</exception>
    NetworkResponse Get(string url, long firstByte, TimeSpan idleTimeout);

    /// <summary>The length that a url announces when asked for its HEAD; null if it announces none.</summary>
    /// <exception cref="NetworkException">As for <see cref="Get"/>.</exception>
    long? TryMeasure(string url, TimeSpan timeout);
}

/// <summary>A request that got no answer at all.</summary>
public sealed class NetworkException(string message, Exception? cause = null)
    : StoreException(StoreErrorKind.Network, message, cause);
