namespace ToolchainStore.Platform.Tests;

public sealed class Examining_an_entry : FileSystemTest
{
    [Fact]
    public void tells_what_a_file_is()
    {
        var status = Files.Status(FileWith("four"))!;

        Assert.Equal(FileKind.File, status.Kind);
        Assert.Equal(4, status.SizeBytes);
        Assert.Equal(1, status.Links);
        Assert.InRange(status.ModifiedNanoseconds, 1_600_000_000_000_000_000, long.MaxValue);
        Assert.InRange(status.AllocatedBytes, 1, 1 << 20);
    }

    [Fact]
    public void finds_nothing_where_nothing_is()
    {
        Assert.Null(Files.Status(At("absent")));
        Assert.Null(Files.TargetStatus(At("absent/below")));
        Assert.Null(Files.Status(Path.Combine(FileWith(""), "below-a-file")));
    }

    [Fact]
    public void distinguishes_a_link_from_what_it_leads_to()
    {
        Files.CreateSymbolicLink(At("link"), "directory", isDirectory: true);
        Assert.Null(Files.TargetStatus(At("link")));
        DirectoryAt("directory");

        Assert.Equal(FileKind.SymbolicLink, Files.Status(At("link"))!.Kind);
        Assert.Equal(FileKind.Directory, Files.TargetStatus(At("link"))!.Kind);
        Assert.Equal(Files.Status(At("directory"))!.Identity, Files.TargetStatus(At("link"))!.Identity);
    }

    [Fact]
    public void of_links_in_a_circle_finds_nothing()
    {
        Files.CreateSymbolicLink(At("a"), "b", isDirectory: false);
        Files.CreateSymbolicLink(At("b"), "a", isDirectory: false);

        Assert.Null(Files.TargetStatus(At("a")));
        Assert.Null(Files.TryOpenRead(At("a")));
        Assert.Null(Files.Canonicalize(At("a")));
    }

    [Fact]
    public void with_a_name_that_cannot_be_says_so() =>
        Refused(FileSystemError.Other, () => Files.Status(At(new string('x', 300))));

    [Fact]
    public void with_a_null_character_in_it_never_means_another_file()
    {
        var path = FileWith("");

        Refused(FileSystemError.Other, () => Files.Status(path + "\0.txt"));
    }

    [Fact]
    public void identity_is_that_of_the_file_and_not_of_the_name()
    {
        var path = FileWith("");
        Files.CreateHardLink(path, At("second"));
        FileWith("", "other");

        using var open = Files.OpenRead(path);

        Assert.Equal(open.Identity, Files.Status(At("second"))!.Identity);
        Assert.NotEqual(open.Identity, Files.Status(At("other"))!.Identity);
        Assert.Equal(2, Files.Status(path)!.Links);
    }

    [Fact]
    public void says_whether_it_may_be_written()
    {
        Assert.True(Files.CanWrite(Root));
        Assert.False(Files.CanWrite(At("absent")));
    }
}

public sealed class Listing_a_directory : FileSystemTest
{
    [Fact]
    public void names_each_entry_with_its_own_kind()
    {
        FileWith("");
        DirectoryAt("directory");
        Files.CreateSymbolicLink(At("to-directory"), "directory", isDirectory: true);
        Files.CreateSymbolicLink(At("to-nothing"), "nothing", isDirectory: false);
        FileWith("", ".hidden");

        Assert.Equal(
            [
                new(".hidden", FileKind.File),
                new("directory", FileKind.Directory),
                new("file", FileKind.File),
                new("to-directory", FileKind.SymbolicLink),
                new("to-nothing", FileKind.SymbolicLink),
            ],
            Files.List(Root).OrderBy(entry => entry.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void that_does_not_exist_is_empty() => Assert.Empty(Files.List(At("absent")));

    [Fact]
    public void that_is_a_file_is_refused()
    {
        var path = FileWith("");

        Refused(FileSystemError.NotADirectory, () => Files.List(path));
    }

    [Fact]
    public void reads_more_entries_than_fit_one_system_call()
    {
        for (var number = 0; number < 1500; number++)
        {
            Files.CreateHardLink(number == 0 ? FileWith("", "0") : At("0"), At($"a-rather-long-name-{number}"));
        }

        Assert.Equal(1501, Files.List(Root).Count);
    }

    [Theory]
    [InlineData("umlaut-ä-and-\U0001F980")]
    [InlineData("latin-1-\uDCE4-alone")]
    [InlineData("\uDCFF")]
    [InlineData("cut-\uDCF0\uDC9F")]
    public void gives_names_that_lead_back_to_the_file(string name)
    {
        FileWith("here", name);

        Assert.Equal(name, Assert.Single(Files.List(Root)).Name);
        Assert.Equal("here", Files.ReadText(At(name)));
    }

    [Fact]
    public unsafe void escapes_exactly_the_bytes_that_are_not_text()
    {
        Files.CreateSymbolicLink(At("link"), "x\uDCFFä\uD800", isDirectory: false);

        var buffer = stackalloc byte[16];
        var length = (int)UnixNative.ReadLink(At("link"), buffer, 16);

        // A surrogate that stands for no byte is nobody's name: it becomes the replacement character.
        Assert.Equal([(byte)'x', 0xFF, 0xC3, 0xA4, 0xEF, 0xBF, 0xBD], new Span<byte>(buffer, length).ToArray());
        Assert.Equal("x\uDCFFä\uFFFD", Files.ReadLink(At("link")));
    }
}

public sealed class Following_links : FileSystemTest
{
    [Theory]
    [InlineData("target")]
    [InlineData("../some/where/\uDC80")]
    public void reads_what_was_written(string target)
    {
        Files.CreateSymbolicLink(At("link"), target, isDirectory: false);

        Assert.Equal(target, Files.ReadLink(At("link")));
    }

    [Fact]
    public void reads_the_longest_target_whole()
    {
        var target = string.Concat(Enumerable.Repeat("abcd/", 800));
        Files.CreateSymbolicLink(At("link"), target, isDirectory: false);

        Assert.Equal(target, Files.ReadLink(At("link")));
    }

    [Fact]
    public void of_what_is_no_link_reads_nothing()
    {
        Assert.Null(Files.ReadLink(FileWith("")));
        Assert.Null(Files.ReadLink(At("absent")));
    }

    [Fact]
    public void a_canonical_path_has_no_links()
    {
        DirectoryAt("directory");
        FileWith("", "directory/file");
        Files.CreateSymbolicLink(At("link"), "directory", isDirectory: true);

        Assert.Equal(
            Path.Combine(Files.Canonicalize(Root)!, "directory/file"), Files.Canonicalize(At("link/../link/file")));
        Assert.Null(Files.Canonicalize(At("absent")));
    }

    [Fact]
    public void a_link_over_an_existing_entry_is_refused()
    {
        var path = FileWith("");

        Refused(FileSystemError.Exists, () => Files.CreateSymbolicLink(path, "target", isDirectory: false));
    }

    [Fact]
    public void replacing_a_link_to_a_directory_moves_the_name()
    {
        DirectoryAt("old");
        FileWith("kept", "old/file");
        DirectoryAt("new");
        Files.CreateSymbolicLink(At("name"), "old", isDirectory: true);

        Files.ReplaceSymbolicLink(At("name"), "new", isDirectory: true, temporaryPath: At("+"));

        Assert.Equal("new", Files.ReadLink(At("name")));
        Assert.Equal("kept", Files.ReadText(At("old/file")));
    }
}
