using ToolchainStore.Platform;

namespace ToolchainStore.Tests.Downloading;

public sealed class Proxies_of_the_environment
{
    private const string Plain = "http://dist.example.org/dist";
    private const string Secure = "https://dist.example.org/dist";

    [Theory]
    [InlineData("http_proxy=http://p:1", Plain, "http://p:1/")]
    [InlineData("http_proxy=p:1", Plain, "http://p:1/")]
    [InlineData("http_proxy=http://p:1", Secure, null)]
    [InlineData("HTTP_PROXY=http://p:1", Plain, null)]
    [InlineData("https_proxy=http://p:1", Secure, "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1", Secure, "http://p:1/")]
    [InlineData("HTTPS_PROXY=http://p:1", Plain, null)]
    [InlineData("all_proxy=http://p:1", Plain, "http://p:1/")]
    [InlineData("ALL_PROXY=socks5://p:1", Secure, "socks5://p:1/")]
    [InlineData("all_proxy=socks5h://p:1", Plain, "socks5://p:1/")]
    [InlineData("http_proxy=http://p:1;all_proxy=http://q:2", Plain, "http://p:1/")]
    [InlineData("https_proxy=http://p:1;HTTPS_PROXY=http://q:2", Secure, "http://p:1/")]
    [InlineData("http_proxy=http://user:word@p:1", Plain, "http://p:1/")]
    [InlineData("http_proxy=nonsense://p:1", Plain, null)]
    [InlineData("", Plain, null)]
    public void are_chosen_by_scheme(string environment, string url, string? expected) =>
        Assert.Equal(expected, Find(environment, url));

    [Theory]
    [InlineData("example.org", true)]
    [InlineData(".example.org", true)]
    [InlineData("EXAMPLE.ORG", true)]
    [InlineData("dist.example.org", true)]
    [InlineData("org", true)]
    [InlineData("*", true)]
    [InlineData("other, dist.example.org", true)]
    [InlineData("other dist.example.org", true)]
    [InlineData("xample.org", false)]
    [InlineData("sub.dist.example.org", false)]
    [InlineData(".", false)]
    [InlineData(",", false)]
    public void are_passed_by_for_names_below_an_exception(string exceptions, bool isPassedBy)
    {
        Assert.Equal(isPassedBy ? null : "http://p:1/", Find($"http_proxy=p:1;no_proxy={exceptions}", Plain));
        Assert.Equal(isPassedBy ? null : "http://p:1/", Find($"http_proxy=p:1;NO_PROXY={exceptions}", Plain));
    }

    [Fact]
    public void are_told_the_name_and_password_before_theirs()
    {
        var proxies = Of("http_proxy=http://some%40body:pass%20word@p:1");

        var credential = proxies.GetCredential(new Uri("http://p:1/"), "Basic")!;

        Assert.Equal(("some@body", "pass word"), (credential.UserName, credential.Password));
        Assert.Null(proxies.GetCredential(new Uri("http://q:1/"), "Basic"));
    }

    private static string? Find(string environment, string url) => Of(environment).GetProxy(new Uri(url))?.ToString();

    private static EnvironmentProxies Of(string environment)
    {
        var variables = environment.Split(';', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return new EnvironmentProxies(variables.GetValueOrDefault);
    }
}
