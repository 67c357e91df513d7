using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ToolchainStore.Tests.Support;

/// <summary>
/// A loopback proxy that lets connections through, asked by <c>CONNECT</c> or by SOCKS 5. Whatever name is asked for, it
/// connects to one server.
/// </summary>
public sealed class FakeTunnel : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource isOver = new();
    private readonly ConcurrentQueue<string> targets = new();
    private readonly int serverPort;

    public FakeTunnel(string serverUrl)
    {
        serverPort = new Uri(serverUrl).Port;
        listener.Start();
        _ = AcceptAll();
    }

    /// <summary>Host and port, for any scheme.</summary>
    public string Authority => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>What clients wanted to be connected to.</summary>
    public IReadOnlyList<string> Targets => [.. targets];

    public void Dispose()
    {
        isOver.Cancel();
        listener.Dispose();
        isOver.Dispose();
    }

    private async Task AcceptAll()
    {
        try
        {
            while (!isOver.IsCancellationRequested)
            {
                _ = LetThrough(await listener.AcceptTcpClientAsync(isOver.Token));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed: no more clients.
        }
    }

    private async Task LetThrough(TcpClient client)
    {
        using (client)
        using (var server = new TcpClient())
        {
            try
            {
                var near = client.GetStream();
                var first = await Read(near, 1);
                await (first[0] == 5 ? GreetBySocks(near) : GreetByConnect(near));
                await server.ConnectAsync(IPAddress.Loopback, serverPort, isOver.Token);
                var far = server.GetStream();
                await Task.WhenAny(near.CopyToAsync(far, isOver.Token), far.CopyToAsync(near, isOver.Token));
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // The client went away.
            }
        }
    }

    private async Task GreetByConnect(NetworkStream client)
    {
        var head = new StringBuilder("C");
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            head.Append((char)(await Read(client, 1))[0]);
        }
        targets.Enqueue("connect " + head.ToString().Split(' ')[1]);
        await client.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 Go ahead\r\n\r\n"), isOver.Token);
    }

    private async Task GreetBySocks(NetworkStream client)
    {
        const byte Version = 5;
        const byte ByName = 3;
        var methods = await Read(client, 1);
        await Read(client, methods[0]);
        await client.WriteAsync(new byte[] { Version, 0 }, isOver.Token);
        var request = await Read(client, 4);
        var host = request[3] == ByName
            ? Encoding.ASCII.GetString(await Read(client, (await Read(client, 1))[0]))
            : new IPAddress(await Read(client, 4)).ToString();
        var port = await Read(client, 2);
        targets.Enqueue($"socks {host}:{(port[0] << 8) | port[1]}");
        await client.WriteAsync(new byte[] { Version, 0, 0, 1, 0, 0, 0, 0, 0, 0 }, isOver.Token);
    }

    private async Task<byte[]> Read(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, isOver.Token);
        return bytes;
    }
}
