using ToolchainStore.Distribution;
using ToolchainStore.Exchange;
using ToolchainStore.Platform;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Exchange;

public sealed class An_export : StoreTest
{
    [Theory]
    [InlineData("export/"), InlineData("export.tar")]
    public void gives_another_store_the_same_trees_without_a_server(string name)
    {
        Install(Stable);
        Install(Nightly, Profile.Minimal);
        var path = Path.Combine(Folder("out"), name);

        Export(path);

        Assert.Equal(["nightly-" + RustPackages.Host, "stable-" + RustPackages.Host], Import(path).Keys.Order());
        using var source = Open();
        using var target = OpenOther();
        foreach (var toolchain in new[] { Stable, Nightly })
        {
            Assert.Equal(source.ReadBase(toolchain).TreeId, target.ReadBase(toolchain).TreeId);
            Assert.Equal(source.ReadBase(toolchain).Manifest, target.ReadBase(toolchain).Manifest);
        }
        Assert.Empty(target.Verify(readsContents: true));
    }

    [Fact]
    public void that_is_imported_again_changes_nothing()
    {
        Install(Stable);
        Export(Path.Combine(Folder("out"), "export.tar"));
        Import(Path.Combine(Folder("out"), "export.tar"));

        Assert.All(Import(Path.Combine(Folder("out"), "export.tar")).Values, outcome => Assert.Equal(ImportOutcome.Unchanged, outcome));
    }

    [Fact]
    public void leaves_a_name_of_another_release_alone_unless_told()
    {
        Install(Nightly, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        SmallMirror.AdvanceTo(Mirror, 2);
        using (var other = LocalStore.OpenForWriting(OtherOptions() with { ServerRoot = Server.Url }))
        {
            other.Follow(new FollowRequest { Name = Nightly, Profile = Profile.Minimal });
        }

        Assert.Equal(ImportOutcome.Kept, Import(path)[Nightly.Text]);
        Assert.Equal(ImportOutcome.Imported, Import(path, replaces: true)[Nightly.Text]);

        using var source = Open();
        using var target = OpenOther();
        Assert.Equal(source.ReadBase(Nightly).TreeId, target.ReadBase(Nightly).TreeId);
    }

    [Fact]
    public void to_a_directory_goes_on_where_an_interrupted_one_stopped()
    {
        Install(Stable);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.Delete(index);
        var first = Directory.GetFiles(Path.Combine(path, "components")).Order().First();
        var written = File.GetLastWriteTimeUtc(first);
        File.Delete(Directory.GetFiles(Path.Combine(path, "components")).Order().Last());
        File.WriteAllText(first + ".partial", "torn");

        Assert.Throws<StoreException>(() => Import(path));
        Export(path);

        Assert.Equal(written, File.GetLastWriteTimeUtc(first));
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Fact]
    public void to_a_file_goes_on_where_an_interrupted_one_stopped()
    {
        Install(Stable);
        var path = Path.Combine(Folder("out"), "export.tar");
        var all = Export(path).Count;
        var whole = File.ReadAllBytes(path);
        var ends = EndsOf(path);
        // Killed before a header and within it, within the content that follows, and before the end.
        foreach (var length in ends.SelectMany(end => new[] { end, end + 100, end + 512, end + 700 }).Where(length => length <= ends[^1]))
        {
            File.WriteAllBytes(path + ".partial", whole[..length]);
            Assert.Throws<StoreException>(() => Import(path + ".partial"));

            var written = Export(path);

            // The manifest comes first and the index last; neither is told of.
            var wholeMembers = ends.Count(end => end <= length) - 1;
            Assert.Equal(all - Math.Clamp(wholeMembers - 1, 0, all), written.Count);
            Assert.Equal(ends, EndsOf(path));
            Assert.False(File.Exists(path + ".partial"));
        }
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Theory]
    [InlineData("flip"), InlineData("empty"), InlineData("cut"), InlineData("other mode")]
    public void replaces_what_is_damaged_of_an_earlier_one(string damage)
    {
        Install(Stable);
        var path = Folder("out") + "/";
        var all = Export(path).Count;
        Assert.Empty(Export(path));
        var victim = Directory.GetFiles(Path.Combine(path, "components")).Order().ElementAt(2);
        File.WriteAllBytes(victim, Damage(damage, File.ReadAllBytes(victim)));

        Assert.Single(Export(path));

        Assert.True(all > 2);
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Fact]
    public void to_a_file_goes_on_before_what_is_damaged_of_an_interrupted_one()
    {
        Install(Stable);
        var path = Path.Combine(Folder("out"), "export.tar");
        var all = Export(path).Count;
        var ends = EndsOf(path);
        var bytes = File.ReadAllBytes(path);
        // In the second component of all; the manifest comes first.
        bytes[ends[2] + 600] ^= 1;
        File.WriteAllBytes(path + ".partial", bytes[..^1024]);

        Assert.Equal(all - 1, Export(path).Count);

        Assert.Equal(ends, EndsOf(path));
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    private static byte[] Damage(string damage, byte[] archive)
    {
        switch (damage)
        {
            case "empty":
                return [];
            case "cut":
                return archive[..(archive.Length / 2)];
            case "other mode":
                using (var changed = new MemoryStream())
                {
                    Recompress(archive, changed, ChangeMode);
                    return changed.ToArray();
                }
            default:
                archive[archive.Length / 2] ^= 1;
                return archive;
        }
    }

    private static void Recompress(byte[] archive, Stream output, Func<byte[], byte[]> change)
    {
        using var tar = new MemoryStream();
        using (var decompressed = new System.IO.Compression.GZipStream(new MemoryStream(archive), System.IO.Compression.CompressionMode.Decompress))
        {
            decompressed.CopyTo(tar);
        }
        using var compressed = new System.IO.Compression.GZipStream(output, System.IO.Compression.CompressionLevel.Fastest);
        compressed.Write(change(tar.ToArray()));
    }

    /// <summary>Of the last file in it, with the checksum of its header.</summary>
    private static byte[] ChangeMode(byte[] tar)
    {
        const int BlockBytes = 512, ModeAt = 100, ChecksumAt = 148;
        var last = 0;
        for (var offset = 0; tar[offset] != 0;)
        {
            last = offset;
            var size = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(tar, offset + 124, 11), 8);
            offset += BlockBytes + ((size + BlockBytes - 1) / BlockBytes * BlockBytes);
        }
        // 0755 becomes 0655, 0644 becomes 0744: the executable bit of the owner.
        var digit = tar[last + ModeAt + 4];
        var step = digit == (byte)'7' ? -1 : 1;
        tar[last + ModeAt + 4] = (byte)(digit + step);
        var checksum = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(tar, last + ChecksumAt, 6).Trim('\0', ' '), 8) + step;
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(checksum, 8).PadLeft(6, '0')).CopyTo(tar, last + ChecksumAt);
        return tar;
    }

    [Fact]
    public void to_a_file_keeps_nothing_of_an_interrupted_one_of_something_else()
    {
        Install(Stable, Profile.Minimal);
        Install(Nightly, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        var bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path + ".partial", bytes[..^2048]);
        using (var store = LocalStore.OpenForReading(Options()))
        {
            store.Export(path, [Stable]);
        }

        var components = ExportReader.Open(Machine.Host, path).Index.Toolchains.Single().Components;

        // The manifest, the components and the index.
        Assert.Equal(components.Count + 2, EndsOf(path).Count - 1);
        Assert.Equal([Stable.Text], Import(path).Keys);
    }

    [Theory]
    [InlineData("x"), InlineData("precious notes\n"), InlineData("directory"), InlineData("link"), InlineData("random"), InlineData("json")]
    public void to_a_file_leaves_what_is_no_export_beside_it_alone(string what)
    {
        Install(Stable, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        var other = Path.Combine(Folder("out"), "other");
        File.WriteAllText(other, "theirs");
        var random = new byte[5000];
        new Random(7).NextBytes(random);
        _ = what switch
        {
            "directory" => Directory.CreateDirectory(path + ".partial").FullName,
            "link" => File.CreateSymbolicLink(path + ".partial", other).FullName,
            "random" => Write(random),
            "json" => Write([.. System.Text.Encoding.UTF8.GetBytes("{ \"format\": 1, \"toolchains\": [" + new string(' ', 600))]),
            _ => Write(System.Text.Encoding.UTF8.GetBytes(what.PadRight(600, 'x'))),
        };

        var refused = Assert.Throws<StoreException>(() => Export(path));

        Assert.Equal(StoreErrorKind.Usage, refused.Kind);
        Assert.Contains("\nhelp: move it away, or export to another place", refused.Message, StringComparison.Ordinal);
        Assert.Equal("theirs", File.ReadAllText(other));
        Assert.False(File.Exists(path));

        string Write(byte[] content)
        {
            File.WriteAllBytes(path + ".partial", content);
            return path;
        }
    }

    [Fact]
    public void replaces_no_device()
    {
        Install(Stable, Profile.Minimal);
        var device = Path.Combine(Folder("out"), "null");
        File.CreateSymbolicLink(device, "/dev/null");

        var refused = Assert.Throws<StoreException>(() => Export(device));

        Assert.Contains("is neither a file nor a directory\nhelp: ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("/dev/null", new FileInfo(device).LinkTarget);
    }

    [Fact]
    public void to_a_link_replaces_what_it_leads_to()
    {
        Install(Stable, Profile.Minimal);
        var (link, real) = (Path.Combine(Folder("out"), "link.tar"), Path.Combine(Folder("disk"), "real.tar"));
        File.WriteAllText(real, "old");
        File.CreateSymbolicLink(link, real);

        Export(link);

        Assert.Equal(real, new FileInfo(link).LinkTarget);
        Assert.Equal(ImportOutcome.Imported, Import(link)[Stable.Text]);
    }

    [Fact]
    public void to_where_no_directory_is_says_so()
    {
        Install(Stable, Profile.Minimal);

        var refused = Assert.Throws<StoreException>(() => Export(Path.Combine(Folder("out"), "nowhere", "export.tar")));

        Assert.Contains("nowhere' to export to\nhelp: make it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void to_a_directory_stays_one_while_another_begins_that_has_nothing_to_change()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);

        // Killed before its end: with the partial index, and before the first change.
        using (var writer = ExportWriter.Create(Machine.Host, path, []))
        {
            Assert.True(File.Exists(index));
        }

        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
        using (var writer = ExportWriter.Create(Machine.Host, path, []))
        {
            writer.Add("components/x", [1]);
        }
        Assert.False(File.Exists(index));
    }

    [Fact]
    public void is_not_what_is_no_tar()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);

        Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(Path.Combine(path, ExportIndex.FileName))).Kind);
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new byte[2000];
            new Random(seed).NextBytes(random);
            File.WriteAllBytes(Path.Combine(path, "random"), random);
            Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(Path.Combine(path, "random"))).Kind);
        }
    }

    [Theory]
    [InlineData("export.tar", "export.tar.partial"), InlineData("export/", "export/export.json.partial")]
    public void is_written_by_one_process_at_a_time(string name, string partial)
    {
        Install(Stable, Profile.Minimal);
        var path = Path.Combine(Folder("out"), name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var other = Machine.Host.Files.Create(Path.Combine(Folder("out"), partial), UnixFileMode.UserRead | UnixFileMode.UserWrite))
        {
            Assert.True(other.TryLock(LockKind.Exclusive));

            var refused = Assert.Throws<StoreException>(() => Export(path));

            Assert.Equal(StoreErrorKind.Busy, refused.Kind);
            Assert.Equal(
                $"another process exports to '{path.TrimEnd('/')}{(name.EndsWith('/') ? "/export.json" : "")}'"
                + "\nhelp: wait for it, or export to another place",
                refused.Message);
        }
        Export(path);
        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Fact]
    public void whose_index_tells_of_another_listing_is_refused_with_what_to_do()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        var component = ExportReader.Open(Machine.Host, path).Index.Toolchains.Single().Components[0];
        File.WriteAllText(index, File.ReadAllText(index).Replace(component.ListingChecksum, new string('0', 32), StringComparison.Ordinal));

        var refused = Assert.Throws<StoreException>(() => Import(path));

        Assert.Equal(StoreErrorKind.Corrupt, refused.Kind);
        Assert.Contains("does not unpack to what was exported\nhelp: run `rustup store export` once more", refused.Message, StringComparison.Ordinal);
        using var other = OpenOther();
        Assert.False(other.ReadBase(Stable).Exists);
    }

    [Fact]
    public void in_one_file_that_holds_a_name_twice_is_as_its_last()
    {
        Install(Stable, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        var bytes = File.ReadAllBytes(path);
        var first = EndsOf(path)[1];
        File.WriteAllBytes(path, [.. bytes[..first], .. bytes]);

        Assert.Equal(ImportOutcome.Imported, Import(path)[Stable.Text]);
    }

    [Theory]
    [InlineData("components"), InlineData("manifests")]
    public void that_was_changed_is_refused_and_leaves_nothing(string directory)
    {
        Install(Stable);
        var path = Folder("out") + "/";
        Export(path);
        var victim = Directory.GetFiles(Path.Combine(path, directory)).Order().First();
        var bytes = File.ReadAllBytes(victim);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(victim, bytes);

        var refused = Assert.Throws<StoreException>(() => Import(path));

        Assert.Equal(StoreErrorKind.Corrupt, refused.Kind);
        Assert.Contains("checksum failed for", refused.Message, StringComparison.Ordinal);
        using var other = OpenOther();
        Assert.False(other.ReadBase(Stable).Exists);
    }

    [Fact]
    public void in_one_file_that_was_cut_off_anywhere_is_refused()
    {
        Install(Stable, Profile.Minimal);
        var path = Path.Combine(Folder("out"), "export.tar");
        Export(path);
        var whole = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 100, 512, 700, whole.Length / 2, whole.Length - 1024 })
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(path)).Kind);
        }
    }

    [Fact]
    public void whose_index_points_out_of_it_is_refused()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.WriteAllText(index, File.ReadAllText(index).Replace("components/", "../components/", StringComparison.Ordinal));

        Assert.Equal(StoreErrorKind.Corrupt, Assert.Throws<StoreException>(() => Import(path)).Kind);
    }

    [Fact]
    public void of_a_newer_program_is_refused_with_what_to_do()
    {
        Install(Stable, Profile.Minimal);
        var path = Folder("out") + "/";
        Export(path);
        var index = Path.Combine(path, ExportIndex.FileName);
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal));

        var refused = Assert.Throws<StoreException>(() => Import(path));

        Assert.Equal(StoreErrorKind.TooOld, refused.Kind);
        Assert.Contains("help: update rustup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void holds_each_component_once()
    {
        Install(Stable, Profile.Minimal);
        Install(Official("1.91.0"), Profile.Minimal);
        var path = Folder("out") + "/";

        Export(path);

        using var store = Open();
        Assert.Equal(store.ReadBase(Stable).Components.Count, Directory.GetFiles(Path.Combine(path, "components")).Length);
    }

    private StoreOptions OtherOptions() => Options() with { RustupHome = Folder("other"), ServerRoot = "http://127.0.0.1:9" };

    private LocalStore OpenOther() => LocalStore.OpenForWriting(OtherOptions());

    /// <summary>Exports everything; returns what it said of the components that it wrote.</summary>
    private List<string> Export(string path)
    {
        var said = new MessageLog();
        using var store = LocalStore.OpenForReading(Options() with { Reporter = said });
        store.Export(path, [.. store.Catalog.List().Select(installed => installed.Name).OfType<ToolchainName.Official>()]);
        return [.. said.Lines.Where(line => line.StartsWith("info: exporting", StringComparison.Ordinal))];
    }

    /// <summary>Where the members of a tar end, and where the first begins.</summary>
    private static List<int> EndsOf(string path)
    {
        const int BlockBytes = 512;
        var bytes = File.ReadAllBytes(path);
        List<int> ends = [0];
        while (bytes[ends[^1]] != 0)
        {
            var size = Convert.ToInt32(System.Text.Encoding.ASCII.GetString(bytes, ends[^1] + 124, 11), 8);
            ends.Add(ends[^1] + BlockBytes + ((size + BlockBytes - 1) / BlockBytes * BlockBytes));
        }
        return ends;
    }

    private Dictionary<string, ImportOutcome> Import(string path, bool replaces = false)
    {
        var export = ExportReader.Open(Machine.Host, path);
        using var other = OpenOther();
        return export.Index.Toolchains.ToDictionary(
            toolchain => toolchain.Name, toolchain => other.Import(export, toolchain, replaces));
    }
}
