using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

public sealed class Installing_a_toolchain : StoreTest
{
    [Fact]
    public void makes_a_name_with_the_components_of_the_profile()
    {
        Assert.Equal(InstallOutcome.Installed, Install(Stable, Profile.Minimal));

        using var store = Open();
        Assert.Equal(
            ["rustc", "cargo", "rust-std"],
            store.ReadBase(Stable).Components.Select(component => component.Package).Order(StringComparer.Ordinal).Reverse()
                .OrderBy(package => Array.IndexOf(["rustc", "cargo", "rust-std"], package)));
    }

    [Fact]
    public void shows_it_below_toolchains_by_a_relative_link()
    {
        Install(Stable);

        var view = new FileInfo(Layout.ToolchainView(Stable.Text));
        Assert.StartsWith("../store/toolchains/", view.LinkTarget, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(view.FullName, "bin", "cargo")));
    }

    [Fact]
    public void seals_every_file_but_the_lease()
    {
        Install(Stable);

        var writable = Directory.EnumerateFiles(Layout.Root, "*", SearchOption.AllDirectories)
            .Where(path => path.StartsWith(Layout.Trees, StringComparison.Ordinal) || path.StartsWith(Layout.Components, StringComparison.Ordinal))
            .Where(path => File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserWrite))
            .Select(path => Path.GetFileName(path));
        Assert.Equal([StoreLayout.LeaseFileName], writable.Distinct());
    }

    [Fact]
    public void links_documentation_as_one_directory()
    {
        Install(Stable);

        var html = new FileInfo(Path.Combine(TreeOf(Stable), "share", "doc", "rust", "html"));
        Assert.StartsWith("../../../../../components/", html.LinkTarget, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(html.FullName, "std", "index.html")));
    }

    [Fact]
    public void shares_files_with_the_component_except_the_compiler()
    {
        Install(Stable);

        var tree = TreeOf(Stable);
        Assert.Equal(2, LinkCount(Path.Combine(tree, "bin", "cargo")));
        Assert.Equal(1, LinkCount(Path.Combine(tree, "bin", "rustc")));
    }

    [Fact]
    public void gives_the_compiler_of_every_tree_a_time_of_its_own()
    {
        Install(Stable, Profile.Minimal);
        Install(Nightly, Profile.Minimal);

        var times = new[] { Stable, Nightly }
            .Select(name => File.GetLastWriteTimeUtc(Path.Combine(TreeOf(name), "bin", "rustc"))).ToList();
        Assert.NotEqual(times[0], times[1]);
        Assert.All(times, time => Assert.InRange(time.Year, 2004, 2021));
    }

    [Fact]
    public void writes_the_metadata_that_other_tools_read()
    {
        Install(Stable, Profile.Minimal);

        var metadata = Path.Combine(TreeOf(Stable), "lib", "rustlib");
        Assert.Equal("3", File.ReadAllText(Path.Combine(metadata, "rust-installer-version")));
        Assert.Equal(
            [$"cargo-{RustPackages.Host}", $"rust-std-{RustPackages.Host}", $"rustc-{RustPackages.Host}", "toolchain-store"],
            File.ReadAllLines(Path.Combine(metadata, "components")).Order(StringComparer.Ordinal));
        Assert.Contains("file:bin/rustc", File.ReadAllText(Path.Combine(metadata, $"manifest-rustc-{RustPackages.Host}")), StringComparison.Ordinal);
    }

    [Fact]
    public void under_another_name_downloads_nothing_and_shares_the_tree()
    {
        Install(Stable);
        Server.ForgetRequests();

        Install(Official("1.91.0"));

        Assert.Empty(Server.ArchiveRequests);
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
    }

    [Fact]
    public void again_asks_for_the_digest_only_and_changes_nothing()
    {
        Install(Stable);
        Server.ForgetRequests();

        Assert.Equal(InstallOutcome.Unchanged, Install(Stable));
        Assert.Equal(["/dist/channel-rust-stable.toml.sha256"], Server.Requests.Select(request => request.Path));
    }

    [Theory]
    [InlineData(ArchivePreference.Gzip, ".tar.gz")]
    [InlineData(ArchivePreference.Xz, ".tar.xz")]
    public void fetches_the_preferred_archives(ArchivePreference preference, string extension)
    {
        using (var store = LocalStore.OpenForWriting(Options() with { ArchivePreference = preference }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Minimal });
        }

        Assert.All(Server.ArchiveRequests, request => Assert.EndsWith(extension, request.Path, StringComparison.Ordinal));
        Assert.Equal(3, Server.ArchiveRequests.Count);
    }

    [Fact]
    public void knows_the_same_files_by_each_archive_of_them()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { ArchivePreference = ArchivePreference.Gzip }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Minimal });
            store.Uninstall(Stable);
        }
        Server.ForgetRequests();

        using (var store = LocalStore.OpenForWriting(Options() with { ArchivePreference = ArchivePreference.Xz }))
        {
            store.Follow(new FollowRequest { Name = Stable, Profile = Profile.Minimal });
        }

        Assert.Empty(Server.ArchiveRequests);
    }

    [Fact]
    public void from_zstandard_archives_works_too()
    {
        SmallMirror.WriteTo(Mirror.Root, day: 1, Compression.Zstandard);

        Assert.Equal(InstallOutcome.Installed, Install(Nightly));
        Assert.All(Server.ArchiveRequests, request => Assert.EndsWith(".tar.zst", request.Path, StringComparison.Ordinal));
    }

    [Fact]
    public void from_a_file_server_works_too()
    {
        using var store = LocalStore.OpenForWriting(Options() with { ServerRoot = Mirror.FileUrl });

        Assert.Equal(InstallOutcome.Installed, store.Follow(new FollowRequest { Name = Stable }));
    }

    [Fact]
    public void that_does_not_exist_says_so()
    {
        var failed = Assert.Throws<StoreException>(() => Install(Official("nightly-1999-01-01")));

        Assert.StartsWith("no release found for 'nightly-1999-01-01'\nhelp: ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void leaves_no_archive_behind()
    {
        Install(Stable);

        Assert.Empty(Directory.EnumerateFiles(Layout.Downloads));
    }

    [Fact]
    public void drops_files_that_the_archive_does_not_claim_to_install()
    {
        Mirror.Publish(SmallMirror.Stable(1).With("cargo", package => package with
        {
            RawEntries = [TarEntry.File("{component}/bin/stowaway", "x")],
        }));

        Install(Stable);

        Assert.False(File.Exists(Path.Combine(TreeOf(Stable), "bin", "stowaway")));
    }

    private static long LinkCount(string path) => Platform.Machine.Host.Files.Status(path)!.Links;
}
