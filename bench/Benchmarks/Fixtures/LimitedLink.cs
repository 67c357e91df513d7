using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>
/// Passes connections on to a server, all of them together at so many bytes per second. A server that limits each
/// connection would be a faster link for whoever opens more of them.
/// </summary>
internal sealed class LimitedLink : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    // What a late wake-up lost may be made up for, but no more than this.
    private static readonly TimeSpan Burst = TimeSpan.FromMilliseconds(20);

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly Lock gate = new();
    private readonly int serverPort;
    private readonly double bytesPerSecond;

    // Since the stopwatch's start: when the next byte may pass. Guarded by gate.
    private TimeSpan freeAt;

    internal LimitedLink(string server, double bytesPerSecond)
    {
        this.bytesPerSecond = bytesPerSecond;
        serverPort = new Uri(server).Port;
        listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        _ = Task.Run(AcceptAsync);
    }

    internal string Url { get; }

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(ended.Token);
                _ = Task.Run(() => ForwardAsync(client));
            }
        }
        catch (Exception closed) when (closed is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The link was taken down.
        }
    }

    private async Task ForwardAsync(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient { NoDelay = true })
        {
            client.NoDelay = true;
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, serverPort, ended.Token);
                var requests = client.GetStream().CopyToAsync(server.GetStream(), ended.Token);
                var answers = ForwardSlowlyAsync(server.GetStream(), client.GetStream());
                // Whoever closes first ends both directions.
                await await Task.WhenAny(requests, answers);
            }
            catch (Exception broken) when (broken is OperationCanceledException or IOException or SocketException)
            {
                // A client that goes away ends its connection, nothing else.
            }
        }
    }

    private async Task ForwardSlowlyAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[ChunkBytes];
        while (await from.ReadAsync(buffer, ended.Token) is var count and > 0)
        {
            var wait = Reserve(count);
            if (wait > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(wait, ended.Token);
            }
            await to.WriteAsync(buffer.AsMemory(0, count), ended.Token);
        }
    }

    private TimeSpan Reserve(int bytes)
    {
        lock (gate)
        {
            var now = Now;
            var start = freeAt > now - Burst ? freeAt : now - Burst;
            freeAt = start + TimeSpan.FromSeconds(bytes / bytesPerSecond);
            return freeAt - now;
        }
    }

    public void Dispose()
    {
        ended.Cancel();
        listener.Dispose();
        ended.Dispose();
    }
}
