using System.Net;

namespace ToolchainStore.Platform;

/// <summary>
/// The proxies that the environment names, by curl's conventions as rustup follows them: no <c>HTTP_PROXY</c> in
/// capitals, which a web server could set from a request, and names in <c>no_proxy</c> stand for what is below them.
/// </summary>
/// <remarks>.NET's own reading takes <c>HTTP_PROXY</c>, compares whole names and knows no <c>*</c>.</remarks>
internal sealed class EnvironmentProxies(Func<string, string?> read) : IWebProxy, ICredentials
{
    private static readonly string[] Schemes = ["http", "https", "socks4", "socks4a", "socks5"];

    private readonly Uri? http = Parse(read("http_proxy") ?? read("all_proxy") ?? read("ALL_PROXY"));
    private readonly Uri? https = Parse(
        read("https_proxy") ?? read("HTTPS_PROXY") ?? read("all_proxy") ?? read("ALL_PROXY"));

    private readonly string[] exceptions = (read("no_proxy") ?? read("NO_PROXY") ?? "")
        .Split([',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);

    public ICredentials? Credentials
    {
        get => this;
        set => throw new NotSupportedException("the environment says what they are");
    }

    internal static EnvironmentProxies OfThisProcess() =>
        new(name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null);

    public Uri? GetProxy(Uri destination)
    {
        var proxy = destination.Scheme == Uri.UriSchemeHttps ? https : http;
        return proxy is null || exceptions.Any(exception => Covers(exception, destination.Host))
            ? null
            : new UriBuilder(proxy) { UserName = "", Password = "" }.Uri;
    }

    public bool IsBypassed(Uri host) => GetProxy(host) is null;

    /// <summary>What the proxy's url says before its name.</summary>
    public NetworkCredential? GetCredential(Uri uri, string authType)
    {
        var proxy = new[] { http, https }.FirstOrDefault(proxy => proxy?.Authority == uri.Authority);
        if (proxy is not { UserInfo.Length: > 0 })
        {
            return null;
        }
        var parts = proxy.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        return new NetworkCredential(parts[0], parts.Length == 2 ? parts[1] : "");
    }

    private static bool Covers(string exception, string host)
    {
        var name = exception.TrimStart('.');
        return exception == "*"
            || (name.Length > 0
                && (host.Equals(name, StringComparison.OrdinalIgnoreCase)
                    || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)));
    }

    /// <summary>Null for what is no proxy; then requests go straight, as rustup's do.</summary>
    private static Uri? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }
        // .NET lets every SOCKS 5 proxy look names up, which others ask for with an h.
        var url = text.Contains("://", StringComparison.Ordinal)
            ? text.Replace("socks5h://", "socks5://", StringComparison.OrdinalIgnoreCase)
            : "http://" + text;
        return Uri.TryCreate(url, UriKind.Absolute, out var proxy) && Schemes.Contains(proxy.Scheme) ? proxy : null;
    }
}
