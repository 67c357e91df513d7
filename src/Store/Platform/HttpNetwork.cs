using System.Net;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Security.Authentication;

namespace ToolchainStore.Platform;

/// <summary>http and https through .NET's client.</summary>
internal sealed class HttpNetwork : INetwork
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(30);

    private readonly Lazy<HttpClient> client = new(CreateClient);

    public NetworkResponse Get(string url, long firstByte, TimeSpan idleTimeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (firstByte > 0)
        {
            request.Headers.Range = new RangeHeaderValue(firstByte, null);
        }
        // The timeout covers the wait for the answer's head; the body's reads have the same limit each.
        var response = Send(request, url, idleTimeout);
        var body = new IdleTimeoutStream(response.Content.ReadAsStream(), url, idleTimeout);
        return new NetworkResponse((int)response.StatusCode, response.Content.Headers.ContentLength, body, response);
    }

    public long? TryMeasure(string url, TimeSpan timeout)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, url);
        using var response = Send(request, url, timeout);
        return response.IsSuccessStatusCode ? response.Content.Headers.ContentLength : null;
    }

    private HttpResponseMessage Send(HttpRequestMessage request, string url, TimeSpan timeout)
    {
        if (url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
        {
            TlsPrerequisites.Check();
        }
        try
        {
            using var deadline = new CancellationTokenSource(timeout);
            return client.Value.Send(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        }
        catch (OperationCanceledException expired)
        {
            throw new NetworkException($"'{url}' did not answer within {timeout.TotalSeconds:0} s", expired);
        }
        catch (HttpRequestException refused)
        {
            throw Explain(url, refused);
        }
    }

    private static HttpClient CreateClient()
    {
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = ConnectTimeout,
            MaxConnectionsPerServer = 16,
            Proxy = EnvironmentProxies.OfThisProcess(),
            UseCookies = false,
        };
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.ParseAdd("rustup/1.29.0 (toolchain-store)");
        return client;
    }

    private static NetworkException Explain(string url, HttpRequestException refused)
    {
        var reason = refused switch
        {
            { InnerException: AuthenticationException certificate } =>
                $"the server's certificate is not trusted: {Innermost(certificate)}"
                + "\nhelp: if your organisation has a certificate authority of its own, name its file in SSL_CERT_FILE",
            _ => Innermost(refused)
                + "\nhelp: is there a connection, and is RUSTUP_DIST_SERVER right? `--offline` and `--from DIR` need no server",
        };
        return new NetworkException($"could not reach '{url}': {reason}", refused);
    }

    private static string Innermost(Exception exception) =>
        exception.InnerException is { } inner ? Innermost(inner) : exception.Message;

    /// <summary>Reads of a body that stop coming end in an error that names the url.</summary>
    private sealed class IdleTimeoutStream(Stream inner, string url, TimeSpan idleTimeout) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            // The synchronous read has no timeout of its own: closing the stream is what ends it.
            var isExpired = false;
            using var timer = new Timer(
                _ =>
                {
                    Volatile.Write(ref isExpired, true);
                    inner.Dispose();
                },
                null, idleTimeout, Timeout.InfiniteTimeSpan);
            try
            {
                return inner.Read(buffer);
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException or HttpRequestException)
            {
                throw new NetworkException(
                    Volatile.Read(ref isExpired)
                        ? $"'{url}' sent nothing for {idleTimeout.TotalSeconds:0} s"
                        : $"the connection to '{url}' broke: {Innermost(broken)}",
                    broken);
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}

/// <summary>
/// .NET's TLS stops the whole process when OpenSSL is missing, and rejects every certificate without authorities.
/// Asking first makes both an error that says what to install.
/// </summary>
internal static class TlsPrerequisites
{
    private static readonly string[] Libraries = ["libssl.so.3", "libssl.so.1.1", "libssl.so.1.0.0", "libssl.so"];

    // Where Debian, Fedora, Alpine, SUSE and BSD keep them, and OpenSSL's own default.
    private static readonly string[] AuthorityPaths =
    [
        "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem", "/etc/pki/tls/cert.pem", "/usr/lib/ssl/cert.pem", "/etc/ssl/certs", "/usr/lib/ssl/certs",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    ];

    internal static void Check()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }
        RequireLibrary();
        RequireAuthorities();
    }

    internal static bool HasLibrary() => !OperatingSystem.IsLinux() || isLibraryPresent.Value;

    private static readonly Lazy<bool> isLibraryPresent = new(() =>
        Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE") is { Length: > 0 } version
            ? NativeLibrary.TryLoad("libssl.so." + version, out _)
            : Libraries.Any(name => NativeLibrary.TryLoad(name, out _)));

    private static void RequireLibrary()
    {
        if (!HasLibrary())
        {
            throw new NetworkException(
                "https needs the OpenSSL library, which this machine does not have"
                + "\nhelp: install `libssl3` (Debian, Ubuntu), `openssl-libs` (Fedora) or `libssl3` (Alpine),"
                + " or use an http or file distribution server");
        }
    }

    private static void RequireAuthorities()
    {
        string?[] named =
        [
            Environment.GetEnvironmentVariable("SSL_CERT_FILE"), Environment.GetEnvironmentVariable("SSL_CERT_DIR"),
        ];
        string[] places = named.Any(path => !string.IsNullOrEmpty(path))
            ? [.. named.OfType<string>().Where(path => path.Length > 0)]
            : AuthorityPaths;
        if (!places.Any(HoldsCertificates))
        {
            throw new NetworkException(
                $"https needs certificate authorities, and there are none in {string.Join(", ", places)}"
                + "\nhelp: install `ca-certificates`, or name a file of authorities in SSL_CERT_FILE");
        }
    }

    private static bool HoldsCertificates(string path)
    {
        try
        {
            return File.Exists(path)
                ? new FileInfo(path).Length > 0
                : Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
