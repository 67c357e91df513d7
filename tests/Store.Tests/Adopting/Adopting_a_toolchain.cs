using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Simulation.Machines;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;
using ToolchainStore.Trees;

namespace ToolchainStore.Tests.Adopting;

/// <summary>Toolchains that a plain rustup left in our home.</summary>
public sealed class Adopting_a_toolchain : StoreTest
{
    private readonly StoreLayout other;
    private readonly int before;

    public Adopting_a_toolchain()
    {
        other = new StoreLayout(Folder("other"));
        using var source = OpenOther();
        source.Follow(new FollowRequest { Name = Stable, Profile = Profile.Default });
        PutForeign(source, Stable, Stable);
        before = Server.Requests.Count;
    }

    /// <summary>What was asked for since the other rustup installed.</summary>
    private IEnumerable<string> Requests => Server.Requests.Skip(before).Select(request => request.Path);

    private string View => Layout.ToolchainView(Stable.Text);

    [Fact]
    public void asks_no_server_and_copies_no_file()
    {
        var cargo = Machine.Host.Files.Status(Path.Combine(View, "bin", "cargo"))!.Identity;

        Assert.Equal(6, Adopt(Stable)!.ComponentCount);

        Assert.Empty(Requests);
        Assert.StartsWith("../store/toolchains/", new FileInfo(View).LinkTarget, StringComparison.Ordinal);
        Assert.Equal(cargo, Machine.Host.Files.Status(Path.Combine(View, "bin", "cargo"))!.Identity);
    }

    [Fact]
    public void names_components_by_their_listings_and_marks_them()
    {
        Adopt(Stable);

        var rows = ListComponents();
        Assert.Equal(6, rows.Count);
        Assert.All(rows, row => Assert.True(row.IsAdopted));
        Assert.All(rows, row => Assert.Equal(
            row.ComponentId, DigestHasher.Compute(File.ReadAllBytes(Layout.ComponentListing(row.ComponentId))).Hex));
        using var journal = OpenJournal();
        Assert.All(rows, row => Assert.Empty(journal.Read(session => session.Archives.ListOf(row.ComponentId))));
    }

    [Fact]
    public void keeps_what_no_component_names_and_says_where()
    {
        Directory.CreateDirectory(Path.Combine(View, "lib", "mine"));
        File.WriteAllText(Path.Combine(View, "lib", "mine", "file"), "precious");
        File.CreateSymbolicLink(Path.Combine(View, "bin", "tool"), "/usr/bin/tool");

        var adoption = Adopt(Stable)!;

        Assert.Equal(["bin/tool", "lib/mine/file"], adoption.KeptFiles.Order(StringComparer.Ordinal));
        CollectEverything();
        Assert.Equal("precious", File.ReadAllText(Path.Combine(adoption.KeptPath!, "lib/mine/file")));
        Assert.Equal("/usr/bin/tool", new FileInfo(Path.Combine(adoption.KeptPath!, "bin/tool")).LinkTarget);
    }

    [Fact]
    public void of_the_same_release_under_another_name_shares_the_tree()
    {
        using (var source = OpenOther())
        {
            PutForeign(source, Stable, Official("1.91.0"));
        }
        Adopt(Stable);
        Adopt(Official("1.91.0"));

        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
        Assert.Equal(6, ListComponents().Count);
    }

    [Fact]
    public void needs_no_update_until_the_server_has_one()
    {
        Adopt(Stable);

        Assert.Equal(InstallOutcome.Unchanged, Install(Stable));

        Assert.Equal(["/dist/channel-rust-stable.toml.sha256"], Requests);
    }

    [Fact]
    public void and_adding_a_component_downloads_that_one()
    {
        Adopt(Stable);

        using (var store = Open())
        {
            Assert.True(store.ChangeComponents(new ComponentRequest(Stable, [new Component("rust-src", null)], [])));
        }

        Assert.Contains("rust-src", Assert.Single(Requests));
        Assert.Equal(6, ListComponents().Count(row => row.IsAdopted));
    }

    [Fact]
    public void becomes_an_archives_component_once_that_was_downloaded_and_is_the_same()
    {
        Adopt(Stable);
        var adopted = ListComponents().Select(row => row.ComponentId).ToHashSet();

        // The same release, but nobody knows yet what its archives hold.
        Install(Official("1.91.0"));

        Assert.Contains(Requests, request => request.EndsWith(".gz", StringComparison.Ordinal));
        Assert.Equal(adopted, ListComponents().Select(row => row.ComponentId).ToHashSet());
        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
        using var journal = OpenJournal();
        Assert.All(adopted, id => Assert.NotEmpty(journal.Read(session => session.Archives.ListOf(id))));
    }

    [Fact]
    public void becomes_an_archives_component_also_where_documentation_waits_to_be_unpacked()
    {
        Adopt(Stable);
        using (var store = Open())
        {
            store.SetSetting(SettingKeys.Documentation, "on-demand");
        }

        Install(Official("1.91.0"));

        Assert.Equal(TreeOf(Stable), TreeOf(Official("1.91.0")));
        using var after = Open();
        Assert.Empty(after.ListWaiting());
        Assert.Empty(Directory.EnumerateFiles(Layout.Downloads));
    }

    [Fact]
    public void stays_apart_from_an_archive_that_holds_something_else()
    {
        File.WriteAllText(Path.Combine(View, "bin", "cargo"), "#!/bin/sh\necho patched\n");
        Adopt(Stable);

        Install(Official("1.91.0"));

        Assert.NotEqual(TreeOf(Stable), TreeOf(Official("1.91.0")));
        Assert.Contains("patched", File.ReadAllText(Path.Combine(View, "bin", "cargo")));
        Assert.DoesNotContain("patched", File.ReadAllText(Path.Combine(TreeOf(Official("1.91.0")), "bin", "cargo")));
        Assert.Equal(2, ListComponents().Count(row => row.Package == "cargo"));
    }

    [Fact]
    public void that_lacks_a_file_is_refused_and_stays_as_it_is()
    {
        File.Delete(Path.Combine(View, "bin", "cargo"));

        using (var store = Open())
        {
            var refused = Assert.Throws<StoreException>(() => store.Adopt(Stable));
            Assert.Equal(
                $"the toolchain '{View}' is not complete: 'bin/cargo' is missing"
                + "\nhelp: uninstall it and install it again; it stays as it is until then",
                refused.Message);
        }

        Assert.True(Machine.Host.Files.Status(View) is { Kind: FileKind.Directory });
        Assert.Empty(ListComponents());
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("/etc/passwd")]
    public void whose_metadata_leads_out_of_it_is_refused(string path)
    {
        ForeignToolchain.Edit(
            Machine.Host.Files, Path.Combine(View, "lib", "rustlib", $"manifest-cargo-{RustPackages.Host}"), text => $"{text}file:{path}\n");

        using var store = Open();
        Assert.Contains($"'{path}', which a component names, leads out of it", Assert.Throws<StoreException>(() => store.Adopt(Stable)).Message);
    }

    [Fact]
    public void that_rustup_never_finished_is_not_adopted()
    {
        File.Delete(Path.Combine(View, "lib", "rustlib", "multirust-config.toml"));

        Assert.Null(Adopt(Stable));

        Assert.True(Machine.Host.Files.Status(View) is { Kind: FileKind.Directory });
    }

    [Fact]
    public void happens_by_itself_when_somebody_changes_it()
    {
        using (var store = Open())
        {
            store.ChangeComponents(new ComponentRequest(Stable, [new Component("rust-src", null)], []));
        }

        Assert.Contains($"info: adopting {Stable.Text}, which another rustup installed", Messages.Lines);
        Assert.True(Directory.Exists(Path.Combine(TreeOf(Stable), "lib", "rustlib", "src", "rust")));
    }

    [Fact]
    public void is_not_needed_to_list_and_check_it()
    {
        using var store = Open();

        var components = store.ReadComponents(Stable);
        Assert.Equal(6, components.Installed.Count);
        Assert.Contains(components.Offered, row => row.ShortName == "clippy");
        var check = store.CheckForUpdate(Stable);
        Assert.NotNull(check.Installed);
        Assert.Null(check.Available);
        Assert.True(Machine.Host.Files.Status(View) is { Kind: FileKind.Directory });
    }

    [Fact]
    public void goes_on_where_names_cannot_be_exchanged()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = WithFiles(new NoExchange()) }))
        {
            Assert.NotNull(store.Adopt(Stable));
        }

        Assert.StartsWith("../store/toolchains/", new FileInfo(View).LinkTarget, StringComparison.Ordinal);
    }

    [Fact]
    public void goes_on_where_toolchains_are_on_another_disk()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = WithFiles(new OtherDisk(Layout)) }))
        {
            Assert.NotNull(store.Adopt(Stable));
            Assert.True(store.Uninstall(Stable));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(Layout.ToolchainViews));
    }

    [Fact]
    public void whose_directory_another_rustup_changed_before_the_link_came_is_left_alone_and_said()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = WithFiles(new RefusedExchange()) }))
        {
            Assert.Throws<FileSystemException>(() => store.Adopt(Stable));
        }
        ForeignToolchain.Edit(
            Machine.Host.Files, Path.Combine(View, "lib", "rustlib", "multirust-config.toml"), text => text + "\n# changed\n");

        using (Open())
        {
        }

        Assert.True(Machine.Host.Files.Status(View) is { Kind: FileKind.Directory });
        Assert.Contains(Messages.Lines, line => line.StartsWith($"warn: '{View}' is not a link of this store", StringComparison.Ordinal));
        IntendDamage();
    }

    [Fact]
    public void whose_link_could_not_be_made_is_finished_by_the_next_command()
    {
        using (var store = LocalStore.OpenForWriting(Options() with { Machine = WithFiles(new RefusedExchange()) }))
        {
            Assert.Throws<FileSystemException>(() => store.Adopt(Stable));
        }

        using (Open())
        {
        }

        Assert.StartsWith("../store/toolchains/", new FileInfo(View).LinkTarget, StringComparison.Ordinal);
    }

    [Fact]
    public void that_changes_while_it_is_adopted_is_read_again()
    {
        var removed = $"\n[[components]]\npkg = \"rustfmt-preview\"\ntarget = \"{RustPackages.Host}\"\nis_extension = false\n";
        var configuration = Path.Combine(View, "lib", "rustlib", "multirust-config.toml");

        using (var store = LocalStore.OpenForWriting(Options() with
        {
            Machine = WithFiles(new ChangedOnce($"manifest-cargo-{RustPackages.Host}", () => ForeignToolchain.Edit(
                Machine.Host.Files, configuration, text => text.Replace(removed, "", StringComparison.Ordinal)))),
        }))
        {
            Assert.Equal(5, store.Adopt(Stable)!.ComponentCount);
        }
    }

    [Fact]
    public void leaves_a_tree_that_other_rustups_read_and_cannot_change()
    {
        Adopt(Stable);

        var metadata = Path.Combine(TreeOf(Stable), "lib", "rustlib");
        Assert.StartsWith("toolchain-store\n", File.ReadAllText(Path.Combine(metadata, "components")), StringComparison.Ordinal);
        Assert.StartsWith(
            "config_version = \"1\"\n\n[[components]]\npkg = \"toolchain-store\"\n",
            File.ReadAllText(Path.Combine(metadata, "multirust-config.toml")), StringComparison.Ordinal);
        // rustup knows "file:" and "dir:" and stops at anything else.
        Assert.StartsWith("store:", File.ReadAllText(Path.Combine(metadata, "manifest-toolchain-store")), StringComparison.Ordinal);
        Assert.Contains("manifest-version = \"2\"", File.ReadAllText(Path.Combine(metadata, "multirust-channel-manifest.toml")));
    }

    private LocalStore OpenOther() => LocalStore.OpenForWriting(Options() with { RustupHome = other.RustupHome });

    private void PutForeign(LocalStore source, ToolchainName.Official installed, ToolchainName.Official name) =>
        ForeignToolchain.Write(Machine.Host.Files, source, installed, Layout, name);

    private Adoption? Adopt(ToolchainName.Official name)
    {
        using var store = Open();
        return store.Adopt(name);
    }

    private IReadOnlyList<ComponentRow> ListComponents()
    {
        using var journal = OpenJournal();
        return journal.Read(session => session.Components.List());
    }

    private static Machine WithFiles(IFileSystem files) => new()
    {
        Files = files,
        Processes = Machine.Host.Processes,
        Network = Machine.Host.Network,
    };

    /// <summary>Somebody else changes something when a file is read for the first time.</summary>
    private sealed class ChangedOnce(string name, Action change) : DelegatingFileSystem(Machine.Host.Files)
    {
        private bool isChanged;

        public override byte[] ReadAll(string path)
        {
            if (!isChanged && Path.GetFileName(path) == name)
            {
                isChanged = true;
                change();
            }
            return base.ReadAll(path);
        }
    }

    /// <summary>A home whose toolchains/ is a link to somewhere else.</summary>
    private sealed class OtherDisk(StoreLayout layout) : DelegatingFileSystem(Machine.Host.Files)
    {
        public override void Rename(string from, string to)
        {
            RequireOneDisk(from, to);
            base.Rename(from, to);
        }

        public override void CreateHardLink(string existing, string path)
        {
            RequireOneDisk(existing, path);
            base.CreateHardLink(existing, path);
        }

        private void RequireOneDisk(string from, string to)
        {
            if (IsThere(from) != IsThere(to))
            {
                throw new FileSystemException(FileSystemError.CrossesDevices, "move", from, "another disk");
            }
        }

        private bool IsThere(string path) => path.StartsWith(layout.ToolchainViews, StringComparison.Ordinal);
    }

    /// <summary>As NFS.</summary>
    private sealed class NoExchange() : DelegatingFileSystem(Machine.Host.Files)
    {
        public override bool TryExchange(string path, string other) => false;
    }

    private sealed class RefusedExchange() : DelegatingFileSystem(Machine.Host.Files)
    {
        public override bool TryExchange(string path, string other) =>
            throw new FileSystemException(FileSystemError.InputOutput, "exchange", path, "the disk is broken");
    }
}
