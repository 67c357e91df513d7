using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Installing;

/// <summary>A server from before there were manifests of version 2.</summary>
public sealed class A_release_in_one_archive : StoreTest
{
    public A_release_in_one_archive()
    {
        Mirror.Withdraw("dist");
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 1);
    }

    [Fact]
    public void is_installed_whole_whatever_profile_is_asked_for()
    {
        Assert.Equal(InstallOutcome.Installed, Install(Nightly, Profile.Minimal));

        Assert.True(File.Exists(Path.Combine(TreeOf(Nightly), "share", "doc", "rust", "html", "index.html")));
        Assert.Equal(
            ["toolchain-store", "rustc", "cargo", "rust-docs"],
            File.ReadAllLines(Path.Combine(TreeOf(Nightly), "lib", "rustlib", "components")));
    }

    [Fact]
    public void brings_the_metadata_of_its_parts()
    {
        Install(Nightly);

        var metadata = Path.Combine(TreeOf(Nightly), "lib", "rustlib");
        Assert.Equal("dir:share/doc/rust/html\n", File.ReadAllText(Path.Combine(metadata, "manifest-rust-docs")));
        Assert.Contains("file:bin/rustc\n", File.ReadAllText(Path.Combine(metadata, "manifest-rustc")), StringComparison.Ordinal);
        Assert.Equal("3", File.ReadAllText(Path.Combine(metadata, "rust-installer-version")));
    }

    [Fact]
    public void of_a_channel_is_found_by_its_list()
    {
        Install(Nightly);

        Assert.Equal(
            [
                "/dist/channel-rust-nightly.toml.sha256", "/dist/channel-rust-nightly.sha256", "/dist/channel-rust-nightly",
                $"/dist/rust-nightly-{RustPackages.Host}.tar.gz.sha256", $"/dist/rust-nightly-{RustPackages.Host}.tar.gz",
            ],
            Server.Requests.Select(request => request.Path));
    }

    [Fact]
    public void of_a_version_is_found_by_its_name()
    {
        Install(Official("1.91.0"));

        Assert.Equal(
            [
                "/dist/channel-rust-1.91.0.toml.sha256",
                $"/dist/rust-1.91.0-{RustPackages.Host}.tar.gz.sha256", $"/dist/rust-1.91.0-{RustPackages.Host}.tar.gz",
            ],
            Server.Requests.Select(request => request.Path));
    }

    [Fact]
    public void of_a_day_is_found_in_its_directory()
    {
        Install(Official("nightly-2026-01-01"));

        Assert.Equal($"/dist/2026-01-01/rust-nightly-{RustPackages.Host}.tar.gz", Assert.Single(Server.ArchiveRequests, IsArchive).Path);
    }

    [Fact]
    public void under_another_name_downloads_nothing_and_shares_the_tree()
    {
        Install(Nightly);
        Server.ForgetRequests();

        Install(Official("nightly-2026-01-01"));

        Assert.DoesNotContain(Server.ArchiveRequests, IsArchive);
        Assert.Equal(TreeOf(Nightly), TreeOf(Official("nightly-2026-01-01")));
    }

    [Fact]
    public void stays_as_it_is_with_extras_that_it_cannot_have()
    {
        Install(Nightly);

        using var store = Open();
        Assert.Equal(
            InstallOutcome.Unchanged,
            store.Follow(new FollowRequest { Name = Nightly, Components = ["clippy"], Targets = [RustPackages.OtherTarget] }));
    }

    [Fact]
    public void is_replaced_by_the_next_one()
    {
        Install(Nightly);
        var old = TreeOf(Nightly);
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 2);

        Assert.Equal(InstallOutcome.Installed, Install(Nightly));
        Assert.Equal("n2\n", File.ReadAllText(Path.Combine(TreeOf(Nightly), "lib", "stamp")));
        Assert.True(File.Exists(Path.Combine(old, "bin", "rustc")));
    }

    [Fact]
    public void gives_way_to_one_with_components()
    {
        Install(Nightly);
        SmallMirror.AdvanceTo(Mirror, 2);

        Assert.Equal(InstallOutcome.Installed, Install(Nightly, Profile.Minimal));

        using var store = Open();
        Assert.Equal(6, store.ReadBase(Nightly).Components.Count);
    }

    [Fact]
    public void never_replaces_one_with_components()
    {
        SmallMirror.AdvanceTo(Mirror, 1);
        Install(Nightly);
        Mirror.Withdraw("dist/channel-rust-nightly.toml");
        Mirror.Withdraw("dist/channel-rust-nightly.toml.sha256");

        Assert.Equal(
            "the server unexpectedly provided an obsolete version of the distribution manifest",
            Assert.Throws<StoreException>(() => Install(Nightly)).Message);
    }

    [Fact]
    public void has_no_components_to_list_or_change()
    {
        Install(Nightly);

        using var store = Open();
        var expected = $"toolchain '{Nightly.Text}' does not support components (v1 manifest)";
        Assert.Equal(expected, Assert.Throws<StoreException>(() => store.ReadComponents(Nightly)).Message);
        Assert.Equal(expected, Assert.Throws<StoreException>(() => store.LoadManifest(Nightly)).Message);
        Assert.Equal(
            expected,
            Assert.Throws<StoreException>(
                () => store.ChangeComponents(new ComponentRequest(Nightly, [new Component("clippy-preview", RustPackages.Host)], []))).Message);
    }

    [Fact]
    public void is_collected_when_nothing_needs_it()
    {
        Install(Nightly);
        using (var store = Open())
        {
            store.Uninstall(Nightly);
        }

        CollectEverything();

        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Components));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.Trees));
    }

    [Fact]
    public void that_a_list_does_not_have_for_a_host_says_so() => Assert.Equal(
        "binary package was not provided for 'aarch64-unknown-linux-gnu'",
        Assert.Throws<StoreException>(() => Install(Official("nightly-aarch64-unknown-linux-gnu"))).Message);

    [Fact]
    public void for_another_host_is_another_archive()
    {
        Mirror.PublishInOneArchive(SmallMirror.Nightly(1).For("aarch64-unknown-linux-gnu"));

        Assert.Equal(InstallOutcome.Installed, Install(Official("nightly-aarch64-unknown-linux-gnu")));
        Assert.True(Directory.Exists(Path.Combine(
            TreeOf(Official("nightly-aarch64-unknown-linux-gnu")), "lib", "rustlib", "aarch64-unknown-linux-gnu")));
    }

    [Theory]
    [InlineData("beta", "no release found for 'beta'")]
    [InlineData("nightly-2020-02-02", "no release found for 'nightly-2020-02-02'")]
    [InlineData("1.70.0", "could not download nonexistent rust version `1.70.0-x86_64-unknown-linux-gnu`")]
    public void that_is_not_there_either_is_no_release(string name, string message) =>
        Assert.StartsWith(message + "\nhelp: ", Assert.Throws<StoreException>(() => Install(Official(name))).Message, StringComparison.Ordinal);

    [Fact]
    public void with_a_list_of_another_digest_is_an_error()
    {
        Mirror.Damage("dist/channel-rust-nightly", list => [.. list, (byte)'\n']);

        Assert.StartsWith(
            $"checksum failed for '{Server.Url}/dist/channel-rust-nightly', expected: '",
            Assert.Throws<StoreException>(() => Install(Nightly)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void with_another_digest_is_an_error()
    {
        Mirror.Damage($"dist/rust-nightly-{RustPackages.Host}.tar.gz", archive => [.. archive, 0]);

        Assert.StartsWith(
            $"checksum failed for '{Server.Url}/dist/rust-nightly-",
            Assert.Throws<StoreException>(() => Install(Nightly)).InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void whose_download_broke_is_resumed()
    {
        Server.Fault = new ServerFault { Matches = path => path.EndsWith(".tar.gz", StringComparison.Ordinal), BreaksAfterBytes = 500, Times = 1 };

        Install(Nightly);

        Assert.Equal([0, 500], Server.ArchiveRequests.Where(IsArchive).Select(request => request.FirstByte));
    }

    [Fact]
    public void that_ends_too_early_leaves_nothing()
    {
        var path = $"dist/rust-nightly-{RustPackages.Host}.tar.gz";
        Mirror.WriteWithDigest(path, File.ReadAllBytes(Path.Combine(Mirror.Root, path))[..200]);

        Assert.Throws<StoreException>(() => Install(Nightly));

        using var store = Open();
        Assert.False(store.ReadBase(Nightly).Exists);
    }

    [Fact]
    public void whose_parts_install_the_same_file_is_refused()
    {
        Mirror.PublishInOneArchive(SmallMirror.Nightly(1).With("cargo", package => package with
        {
            Files = [.. package.Files, TarEntry.File("lib/stamp", "other\n")],
        }));

        var failed = Assert.Throws<StoreException>(() => Install(Nightly)).InnerException!;

        Assert.Equal("failed to install component: 'cargo', detected conflict: 'lib/stamp'", failed.Message);
    }

    [Fact]
    public void that_lacks_a_part_it_names_is_refused()
    {
        Mirror.PublishInOneArchive(SmallMirror.Nightly(1).With("cargo", package => package with { ManifestLines = ["file:bin/nothing"] }));

        var failed = Assert.Throws<StoreException>(() => Install(Nightly)).InnerException!;

        Assert.StartsWith("the archive of 'rust' lacks 'bin/nothing', which its manifest names\nhelp: ", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void installs_only_what_its_parts_claim()
    {
        Mirror.PublishInOneArchive(SmallMirror.Nightly(1).With("cargo", package => package with
        {
            RawEntries = [TarEntry.File("{component}/bin/stowaway", "x")],
        }));

        Install(Nightly);

        Assert.False(File.Exists(Path.Combine(TreeOf(Nightly), "bin", "stowaway")));
    }

    private static bool IsArchive(ServedRequest request) => request.Path.EndsWith(".tar.gz", StringComparison.Ordinal);
}
