using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ToolchainStore.Benchmarks.Fixtures;

namespace ToolchainStore.Tests.Benchmarks;

public sealed class A_limited_link : IDisposable
{
    private const int BytesPerConnection = 500_000;
    private const double BytesPerSecond = 5_000_000;

    private readonly TcpListener server = new(IPAddress.Loopback, 0);

    public A_limited_link()
    {
        server.Start();
        _ = Task.Run(ServeAsync);
    }

    [Fact]
    public async Task passes_all_bytes_of_all_connections_together_at_its_rate()
    {
        using var link = new LimitedLink($"http://127.0.0.1:{((IPEndPoint)server.LocalEndpoint).Port}", BytesPerSecond);
        var startedAt = Stopwatch.GetTimestamp();

        var received = await Task.WhenAll(ReceiveAsync(link), ReceiveAsync(link))
            .WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([BytesPerConnection, BytesPerConnection], received);
        // What it may be ahead by is a burst and the last chunks.
        Assert.True(
            Stopwatch.GetElapsedTime(startedAt).TotalSeconds > 2 * BytesPerConnection / BytesPerSecond * 0.8);
    }

    private static async Task<int> ReceiveAsync(LimitedLink link)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, new Uri(link.Url).Port);
        var bytes = 0;
        var buffer = new byte[10_000];
        while (await client.GetStream().ReadAsync(buffer) is var count and > 0)
        {
            bytes += count;
        }
        return bytes;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await server.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(new byte[BytesPerConnection]);
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    public void Dispose() => server.Dispose();
}
