using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ToolchainStore.Tests.Support;

/// <summary>One request that was answered, with the bytes of body that were sent.</summary>
public sealed record ServedRequest(string Path, int Status, long FirstByte, long Bytes)
{
    /// <summary>As it was asked for: a whole url where a client takes this server for a proxy.</summary>
    public string Url { get; init; } = Path;
}

/// <summary>What goes wrong with answers whose path matches.</summary>
public sealed record ServerFault
{
    public Func<string, bool> Matches { get; init; } = path => path.Contains(".tar.", StringComparison.Ordinal);

    /// <summary>How many answers it happens to.</summary>
    public int Times { get; init; } = int.MaxValue;

    /// <summary>Closes the connection after so many bytes of body.</summary>
    public int? BreaksAfterBytes { get; init; }

    public int? Status { get; init; }

    public bool FlipsAByte { get; init; }

    /// <summary>Sends the whole file although a range was asked for.</summary>
    public bool IgnoresRange { get; init; }

    /// <summary>Keeps the connection open and sends nothing.</summary>
    public bool NeverAnswers { get; init; }

    /// <summary>Waits so long between chunks of the body.</summary>
    public TimeSpan Delay { get; init; }

    public int ChunkBytes { get; init; } = 4096;
}

/// <summary>
/// A loopback HTTP server over a folder: ranges, a log, and faults. Asked for a whole url it is a proxy that has the
/// other server's files.
/// </summary>
public sealed class FakeDistributionServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource isOver = new();
    private readonly ConcurrentQueue<ServedRequest> requests = new();
    private readonly string root;
    private readonly X509Certificate2? certificate;
    private int faultCount;

    public FakeDistributionServer(string root, X509Certificate2? certificate = null)
    {
        this.root = root;
        this.certificate = certificate;
        listener.Start();
        _ = AcceptAll();
    }

    public string Url
    {
        get
        {
            var port = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
            return certificate is null ? $"http://127.0.0.1:{port}" : $"https://localhost:{port}";
        }
    }

    public ServerFault? Fault { get; set; }

    public IReadOnlyList<ServedRequest> Requests => [.. requests];

    public IReadOnlyList<ServedRequest> ArchiveRequests =>
        [.. requests.Where(request => request.Path.Contains(".tar.", StringComparison.Ordinal))];

    public void ForgetRequests() => requests.Clear();

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
                var client = await listener.AcceptTcpClientAsync(isOver.Token);
                _ = Serve(client);
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Disposed: no more clients.
        }
    }

    private async Task Serve(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(certificate);
                    stream = tls;
                }
                while (await ReadHead(stream) is { } head && await Answer(stream, head))
                {
                }
            }
            catch (Exception broken) when (broken is IOException or SocketException or OperationCanceledException
                or ObjectDisposedException or System.Security.Authentication.AuthenticationException)
            {
                // The client went away, or does not trust us: its business.
            }
        }
    }

    private async Task<string?> ReadHead(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, isOver.Token) == 0)
            {
                return null;
            }
            head.Append((char)one[0]);
        }
        return head.ToString();
    }

    /// <summary>False if the connection ends with this answer.</summary>
    private async Task<bool> Answer(Stream stream, string head)
    {
        var path = PathOf(head.Split(' ')[1]);
        var fault = Fault is { } candidate && candidate.Matches(path) && Interlocked.Increment(ref faultCount) <= candidate.Times
            ? candidate
            : new ServerFault();
        if (fault.NeverAnswers)
        {
            await Task.Delay(Timeout.Infinite, isOver.Token);
        }
        var file = Path.Combine(root, path.TrimStart('/'));
        var content = File.Exists(file) ? await File.ReadAllBytesAsync(file, isOver.Token) : null;
        var first = fault.IgnoresRange ? 0 : ReadFirstByte(head);
        var status = fault.Status ?? (content is null ? 404 : first >= content.Length && first > 0 ? 416 : first > 0 ? 206 : 200);
        var body = status is 200 or 206 ? content![(int)first..] : [];
        if (fault.FlipsAByte && body.Length > 0)
        {
            body[^1] ^= 0x40;
        }
        // Noted before it is sent: a client that has it all may look at the log at once.
        var isHead = head.StartsWith("HEAD ", StringComparison.Ordinal);
        var end = isHead ? 0 : Math.Min(body.Length, fault.BreaksAfterBytes ?? int.MaxValue);
        requests.Enqueue(new ServedRequest(path, status, first, end) { Url = head.Split(' ')[1] });
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\n\r\n"), isOver.Token);
        await Send(stream, body.AsMemory(0, end), fault);
        return isHead || end == body.Length;
    }

    private async Task Send(Stream stream, ReadOnlyMemory<byte> body, ServerFault fault)
    {
        for (var offset = 0; offset < body.Length; offset += fault.ChunkBytes)
        {
            await stream.WriteAsync(body.Slice(offset, Math.Min(fault.ChunkBytes, body.Length - offset)), isOver.Token);
            if (fault.Delay > TimeSpan.Zero)
            {
                await stream.FlushAsync(isOver.Token);
                await Task.Delay(fault.Delay, isOver.Token);
            }
        }
        await stream.FlushAsync(isOver.Token);
    }

    private static string PathOf(string target) =>
        Uri.TryCreate(target, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp ? url.AbsolutePath : target;

    private static long ReadFirstByte(string head)
    {
        const string Range = "range: bytes=";
        var start = head.IndexOf(Range, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
        {
            return 0;
        }
        var text = head[(start + Range.Length)..];
        return long.Parse(text[..text.IndexOf('-', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }
}
