using ToolchainStore.Tests.Support;

namespace ToolchainStore.Tests.Programs;

/// <summary>Where and how distribution servers are reached, as the environment says.</summary>
public sealed class A_distribution_server : ProgramTest
{
    private const string Elsewhere = "http://dist.example.invalid";

    [Fact]
    public void is_reached_through_a_proxy()
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        Variables["RUSTUP_DIST_SERVER"] = Elsewhere;
        Variables["http_proxy"] = server.Url;

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.All(server.Requests, request => Assert.StartsWith(Elsewhere + "/", request.Url, StringComparison.Ordinal));
    }

    [Fact]
    public void is_reached_without_the_proxy_if_it_is_an_exception()
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        Variables["http_proxy"] = "http://127.0.0.1:1";
        Variables["no_proxy"] = "example.org,127.0.0.1";

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
    }

    [Theory]
    [InlineData("all_proxy", "socks5")]
    [InlineData("ALL_PROXY", "socks5h")]
    public void is_reached_through_socks(string variable, string scheme)
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        using var tunnel = new FakeTunnel(server.Url);
        Variables["RUSTUP_DIST_SERVER"] = Elsewhere;
        Variables[variable] = $"{scheme}://{tunnel.Authority}";

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.All(tunnel.Targets, target => Assert.Equal("socks dist.example.invalid:80", target));
    }

    [Fact]
    public void with_a_certificate_is_reached_through_a_tunnel()
    {
        using var authority = new TestCertificateAuthority();
        authority.WriteTo(Folder["authority.pem"]);
        Variables["SSL_CERT_FILE"] = Folder["authority.pem"];
        Variables["SSL_CERT_DIR"] = Folder["none"];
        using var server = new FakeDistributionServer(Mirror.Root, authority.IssueFor("dist.example.invalid"));
        using var tunnel = new FakeTunnel(server.Url);
        Variables["RUSTUP_DIST_SERVER"] = "https://dist.example.invalid";
        Variables["HTTPS_PROXY"] = $"http://{tunnel.Authority}";

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();

        Assert.All(tunnel.Targets, target => Assert.Equal("connect dist.example.invalid:443", target));
    }

    [Fact]
    public void may_be_named_by_its_dist_directory()
    {
        Variables["RUSTUP_DIST_SERVER"] = "";
        Variables["RUSTUP_DIST_ROOT"] = Mirror.FileUrl + "/dist";

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
    }

    [Fact]
    public void may_have_what_is_about_to_be_released()
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        Variables["RUSTUP_STAGED_MANIFEST"] = "1";

        Assert.StartsWith(
            $"info: syncing channel updates for stable-{Host}\nerror: no release found for 'stable'\nhelp: ",
            Rustup("toolchain", "install", "stable").ShouldFail().Error, StringComparison.Ordinal);
        Assert.Equal("/dist/staging/channel-rust-stable.toml.sha256", server.Requests[0].Path);
    }

    [Fact]
    public void that_is_silent_is_given_up()
    {
        using var server = new FakeDistributionServer(Mirror.Root) { Fault = new ServerFault { NeverAnswers = true, Matches = _ => true } };
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        Variables["RUSTUP_DOWNLOAD_TIMEOUT"] = "1";

        Assert.Contains("did not answer within 1 s", Rustup("toolchain", "install", "stable").ShouldFail().Error, StringComparison.Ordinal);
    }
}

public sealed class A_number_in_the_environment : ProgramTest
{
    [Theory]
    [InlineData("0", "number would be zero for non-zero type")]
    [InlineData("+00", "number would be zero for non-zero type")]
    [InlineData("-1", "invalid digit found in string")]
    [InlineData("1.5", "invalid digit found in string")]
    [InlineData(" 1", "invalid digit found in string")]
    [InlineData("99999999999999999999999", "number too large to fit in target type")]
    public void that_is_no_timeout_fails_who_downloads(string value, string reason)
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        Variables["RUSTUP_DOWNLOAD_TIMEOUT"] = value;

        Rustup("toolchain", "list").ShouldSucceed();
        Assert.EndsWith(
            $"error: invalid value in RUSTUP_DOWNLOAD_TIMEOUT -- must be a natural number greater than zero: {reason}\n",
            Rustup("toolchain", "install", "stable").ShouldFail().Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RUSTUP_DOWNLOAD_TIMEOUT", "18446744073709551615")]
    [InlineData("RUSTUP_CONCURRENT_DOWNLOADS", "0")]
    [InlineData("RUSTUP_CONCURRENT_DOWNLOADS", "nonsense")]
    [InlineData("RUSTUP_CONCURRENT_DOWNLOADS", "+8")]
    [InlineData("RUSTUP_MAX_RETRIES", "-1")]
    [InlineData("RUSTUP_MAX_RETRIES", "99999999999999999999999")]
    [InlineData("RUSTUP_BACKTRACK_LIMIT", "0")]
    [InlineData("RUSTUP_BACKTRACK_LIMIT", "nonsense")]
    [InlineData("RUSTUP_IO_THREADS", "+1")]
    [InlineData("RUSTUP_IO_THREADS", "")]
    [InlineData("RUSTUP_UNPACK_RAM", "nonsense")]
    public void that_means_nothing_is_passed_over(string variable, string value)
    {
        using var server = new FakeDistributionServer(Mirror.Root);
        Variables["RUSTUP_DIST_SERVER"] = server.Url;
        Variables[variable] = value;

        Rustup("toolchain", "install", "stable", "--profile", "minimal").ShouldSucceed();
    }

    [Theory]
    [InlineData("0", "Error: RUSTUP_IO_THREADS must be a natural number greater than zero\n")]
    [InlineData(
        "nonsense",
        "Error: invalid value in RUSTUP_IO_THREADS -- must be a natural number greater than zero\n\nCaused by:\n    invalid digit found in string\n")]
    [InlineData(
        "99999999999999999999999",
        "Error: invalid value in RUSTUP_IO_THREADS -- must be a natural number greater than zero\n\nCaused by:\n    number too large to fit in target type\n")]
    public void that_is_no_number_of_threads_fails_every_command(string value, string error)
    {
        Variables["RUSTUP_IO_THREADS"] = value;

        var outcome = Rustup("--version").ShouldFail();

        Assert.Equal(("", error), (outcome.Output, outcome.Error));
    }
}

public sealed class A_signature : ProgramTest
{
    [Fact]
    public void cannot_be_required_without_keys()
    {
        Variables["RUSTUP_STORE_REQUIRE_SIGNATURE"] = "1";

        Assert.Equal(
            "error: RUSTUP_STORE_REQUIRE_SIGNATURE needs keys to check signatures with"
            + "\nhelp: name a file of OpenPGP public keys in RUSTUP_STORE_SIGNING_KEYS\n",
            Rustup("toolchain", "install", "stable").ShouldFail().Error);
    }

    [Fact]
    public void that_is_required_and_missing_installs_nothing()
    {
        Variables["RUSTUP_STORE_REQUIRE_SIGNATURE"] = "1";
        Variables["RUSTUP_STORE_SIGNING_KEYS"] = Folder["keys.asc"];

        Assert.Contains("is not signed: the server has no '", Rustup("toolchain", "install", "stable").ShouldFail().Error, StringComparison.Ordinal);
        Assert.Equal("no installed toolchains\n", Rustup("toolchain", "list").Output);
    }

    [Fact]
    public void is_required_by_a_number()
    {
        Variables["RUSTUP_STORE_REQUIRE_SIGNATURE"] = "yes";

        Assert.Equal(
            "error: invalid value 'yes' for RUSTUP_STORE_REQUIRE_SIGNATURE\nhelp: set it to 0 or 1, or unset it\n",
            Rustup("toolchain", "list").ShouldFail().Error);
    }
}
