using ToolchainStore.Distribution;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Downloading;

public sealed class A_download : StoreTest
{
    [Fact]
    public void that_breaks_goes_on_from_where_it_was()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, BreaksAfterBytes = 500, Times = 1 };

        Install(Stable, Profile.Minimal);

        Assert.Equal([0, 500], Server.ArchiveRequests.Where(request => IsCompiler(request.Path)).Select(request => request.FirstByte));
    }

    [Fact]
    public void that_was_interrupted_is_resumed_by_the_next_command()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, BreaksAfterBytes = 100 };
        Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));
        Server.Fault = null;
        Server.ForgetRequests();

        Install(Stable, Profile.Minimal);

        Assert.NotEqual(0, Assert.Single(Server.ArchiveRequests, request => IsCompiler(request.Path)).FirstByte);
    }

    [Fact]
    public void that_is_not_needed_any_more_once_its_turn_comes_is_not_made()
    {
        Open().Dispose();
        var source = new ArchiveSource(ArchiveFormat.Gzip, $"{Server.Url}/x.tar.gz", Digest.Parse(new string('a', 64)));
        var server = new DistributionServer(Machine.Host, Server.Url, () => DistributionServer.DefaultIdleTimeout);

        var archive = new ArchiveDownloader(Machine.Host, Layout, server, DownloadPatience.Default, Messages)
            .Obtain("x", source, source.Url, isNeeded: () => false);

        Assert.Null(archive);
        Assert.Empty(Server.Requests);
    }

    [Fact]
    public void from_a_server_that_cannot_resume_starts_over()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, BreaksAfterBytes = 100 };
        Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));
        Server.Fault = new ServerFault { IgnoresRange = true };

        Assert.Equal(InstallOutcome.Installed, Install(Stable, Profile.Minimal));
    }

    [Fact]
    public void with_wrong_bytes_is_tried_once_more_from_the_start()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, FlipsAByte = true, Times = 1 };

        Assert.Equal(InstallOutcome.Installed, Install(Stable, Profile.Minimal));
    }

    [Fact]
    public void with_wrong_bytes_twice_is_an_error_that_names_both_digests()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, FlipsAByte = true };

        var failed = Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));

        Assert.StartsWith("component download failed for rustc-", failed.Message, StringComparison.Ordinal);
        Assert.Matches("^checksum failed for '.*', expected: '[0-9a-f]{64}', calculated: '[0-9a-f]{64}'\nhelp: .+$", failed.InnerException!.Message);
    }

    [Fact]
    public void is_retried_when_the_server_is_overloaded()
    {
        Server.Fault = new ServerFault { Status = 503, Times = 2 };

        Assert.Equal(InstallOutcome.Installed, Install(Stable, Profile.Minimal));
    }

    [Fact]
    public void that_fails_for_good_says_that_the_part_was_kept()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, BreaksAfterBytes = 100 };

        var failed = Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));

        Assert.EndsWith(
            "partially downloaded file was kept for resumption, please try again",
            failed.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void of_what_the_server_does_not_have_is_not_retried()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, Status = 404 };

        Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));

        Assert.Single(Server.ArchiveRequests, request => IsCompiler(request.Path));
    }

    [Fact]
    public void from_a_server_that_never_answers_ends_in_an_error()
    {
        Server.Fault = new ServerFault { NeverAnswers = true, Matches = _ => true };

        using var store = LocalStore.OpenForWriting(Options() with { IdleTimeout = () => TimeSpan.FromMilliseconds(300) });
        var failed = Assert.Throws<Platform.NetworkException>(() => store.Follow(new FollowRequest { Name = Stable }));
        Assert.Contains("did not answer", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task is_shared_by_commands_that_want_the_same_archive()
    {
        Server.Fault = new ServerFault { Delay = TimeSpan.FromMilliseconds(20) };
        // Each measures the link by itself, and a busy machine can make a download look like a stuck one.
        var options = Options() with { ArchivePreference = ArchivePreference.Gzip, DownloadPatience = DownloadPatience.Default };

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            using var store = LocalStore.OpenForWriting(options);
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Minimal });
        })));

        Assert.True(Server.ArchiveRequests.Count == 3, string.Join(", ", Server.ArchiveRequests.Select(request => request.Path)));
    }

    [Fact]
    public async Task by_another_process_is_shown_with_its_total_and_goes_on_where_that_was_killed()
    {
        Open().Dispose();
        var archive = Directory.EnumerateFiles(Mirror.Root, "rustc-*.tar.gz", SearchOption.AllDirectories).First();
        var content = await File.ReadAllBytesAsync(archive);
        var source = new ArchiveSource(
            ArchiveFormat.Gzip, $"{Server.Url}/{Path.GetRelativePath(Mirror.Root, archive)}", DigestHasher.Compute(content));
        var progress = new ProgressLog();
        var server = new DistributionServer(Machine.Host, Server.Url, () => DistributionServer.DefaultIdleTimeout);
        var downloader = new ArchiveDownloader(
            Machine.Host, Layout, server, DownloadPatience.Default with { StallLimit = TimeSpan.FromSeconds(60) }, progress);
        var other = Machine.Host.Files.Create(Layout.PartialArchive(source.Digest), FileSystemExtensions.OrdinaryFile);
        Assert.True(other.TryLock(LockKind.Exclusive));
        other.Write(content.AsSpan(0, 100), 0);

        var download = Task.Run(() => downloader.Obtain("rustc", source, source.Url, isNeeded: () => true)!.Dispose());
        progress.WaitFor(bytes: 100);
        other.Write(content.AsSpan(100, 100), 100);
        progress.WaitFor(bytes: 200);
        other.Dispose();
        await download;

        Assert.Equal([100, 200], progress.Reports.Select(report => report.Bytes).Distinct().Take(2));
        Assert.Equal(progress.Reports.Order(), progress.Reports);
        Assert.All(progress.Reports, report => Assert.Equal(content.Length, report.Total));
        Assert.Equal(content.Length, progress.Reports[^1].Bytes);
        Assert.Equal(content.Length - 200, Server.ArchiveRequests.Sum(request => request.Bytes));
    }

    [Fact]
    public void of_a_manifest_with_another_digest_is_an_error()
    {
        Mirror.Write("dist/channel-rust-stable.toml.sha256", [.. new byte[64].Select(_ => (byte)'0')]);

        var failed = Assert.Throws<StoreException>(() => Install(Stable));

        Assert.StartsWith("checksum failed for", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void of_a_manifest_that_the_server_replaces_meanwhile_follow_it()
    {
        var hasMoved = false;
        Server.Fault = new ServerFault
        {
            Matches = path =>
            {
                // The digest of the first day has been sent.
                if (path.EndsWith("channel-rust-nightly.toml", StringComparison.Ordinal) && !hasMoved)
                {
                    hasMoved = true;
                    SmallMirror.AdvanceTo(Mirror, day: 2);
                }
                return false;
            },
        };

        Install(Nightly);

        using var store = Open();
        Assert.Equal("2026-01-02", store.LoadManifest(Nightly).Date);
    }

    [Theory]
    [InlineData("nonsense", "failed to parse url: nonsense/dist/channel-rust-stable.toml.sha256: relative URL without a base")]
    [InlineData("/srv", "failed to parse url: /srv/dist/channel-rust-stable.toml.sha256: relative URL without a base")]
    [InlineData("ftp://x", "could not download file from 'ftp://x/dist/channel-rust-stable.toml.sha256': only http, https and file are understood\nhelp: set RUSTUP_DIST_SERVER to such a url")]
    public void from_what_is_no_server_says_so(string root, string message)
    {
        using var store = LocalStore.OpenForWriting(Options() with { ServerRoot = root });

        Assert.Equal(message, Assert.Throws<StoreException>(() => store.Follow(new FollowRequest { Name = Stable })).Message);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 3)]
    public void is_tried_again_as_often_as_is_said(int retries, int requests)
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, Status = 500 };

        using var store = LocalStore.OpenForWriting(Options() with { DownloadPatience = new DownloadPatience(retries, TimeSpan.FromSeconds(1)) });
        Assert.Throws<StoreException>(() => store.Follow(new FollowRequest { Name = Stable }));

        Assert.Equal(requests, Server.ArchiveRequests.Count(request => IsCompiler(request.Path)));
    }

    [Fact]
    public void of_a_file_that_is_complete_already_asks_for_nothing_of_it()
    {
        Server.Fault = new ServerFault { Matches = IsCompiler, BreaksAfterBytes = 100 };
        Assert.Throws<StoreException>(() => Install(Stable, Profile.Minimal));
        var partial = Assert.Single(Directory.EnumerateFiles(Layout.Downloads, "*.partial"), path => new FileInfo(path).Length > 0);
        var archive = Assert.Single(Directory.EnumerateFiles(Path.Combine(Mirror.Root, "dist", "2026-01-01"), "rustc-*.gz"), path =>
            Path.GetFileName(partial).StartsWith(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))), StringComparison.Ordinal));
        File.Copy(archive, partial, overwrite: true);
        Server.Fault = null;
        Server.ForgetRequests();

        Assert.Equal(InstallOutcome.Installed, Install(Stable, Profile.Minimal));
        Assert.Equal(416, Assert.Single(Server.ArchiveRequests, request => IsCompiler(request.Path)).Status);
    }

    private static bool IsCompiler(string path) => path.Contains("/rustc-", StringComparison.Ordinal);
}

/// <summary>How far downloads were said to be.</summary>
internal sealed class ProgressLog : Reporter
{
    private readonly Lock reportsLock = new();
    private readonly List<(long Bytes, long? Total)> reports = [];

    public override bool ShowsProgress => true;

    internal IReadOnlyList<(long Bytes, long? Total)> Reports
    {
        get
        {
            lock (reportsLock)
            {
                return [.. reports];
            }
        }
    }

    internal void WaitFor(long bytes) => Assert.True(
        SpinWait.SpinUntil(() => Reports.Any(report => report.Bytes >= bytes), TimeSpan.FromSeconds(30)),
        $"{bytes} bytes were never reached");

    public override void Downloaded(string component, long bytes, long? totalBytes)
    {
        lock (reportsLock)
        {
            reports.Add((bytes, totalBytes));
        }
    }
}
