namespace ToolchainStore.Platform.Tests;

public sealed class Writing_files : FileSystemTest
{
    [Fact]
    public void reads_back_what_was_written_where()
    {
        using var file = Files.Create(At("file"), FileSystemExtensions.OrdinaryFile);
        file.Write("world"u8, 6);
        file.Write("hello "u8, 0);
        file.Sync();

        var buffer = new byte[64];
        Assert.Equal(11, file.Length);
        Assert.Equal(5, file.Read(buffer, 6));
        Assert.Equal("world"u8, buffer.AsSpan(0, 5));
        Assert.Equal(0, file.Read(buffer, 11));
        Assert.Equal("hello world", Files.ReadText(At("file")));
    }

    [Fact]
    public void cuts_and_extends()
    {
        using var file = Files.TryOpenReadWrite(FileWith("content"))!;

        file.SetLength(3);
        file.SetLength(5);

        Assert.Equal("con\0\0", Files.ReadText(file.Path));
    }

    [Fact]
    public void never_replaces_an_existing_file()
    {
        var path = FileWith("old");

        Refused(FileSystemError.Exists, () => Files.Create(path, FileSystemExtensions.OrdinaryFile));
        Refused(FileSystemError.Exists, () => Files.WriteNew(path, "new"u8, FileSystemExtensions.OrdinaryFile));
        Assert.Equal("old", Files.ReadText(path));
    }

    [Fact]
    public void opens_what_is_there_only()
    {
        Assert.Null(Files.TryOpenRead(At("absent")));
        Assert.Null(Files.TryOpenReadWrite(At("absent")));
        Refused(FileSystemError.NotFound, () => Files.OpenRead(At("absent")));
        Refused(FileSystemError.NotFound, () => Files.ReadAll(At("absent")));
        Refused(FileSystemError.IsADirectory, () => Files.TryOpenReadWrite(Root));
    }

    [Fact]
    public void on_a_full_disk_says_how_to_get_space()
    {
        using var full = Files.TryOpenReadWrite("/dev/full")!;

        var refused = Refused(FileSystemError.NoSpace, () => full.Write("x"u8, 0));

        Assert.StartsWith("could not write '/dev/full': ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("help: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void seals_and_unseals_by_mode()
    {
        Files.WriteNew(At("sealed"), "x"u8, FileSystemExtensions.SealedFile);
        Assert.Equal(FileSystemExtensions.SealedFile, Files.Status(At("sealed"))!.Mode);

        Files.SetMode(At("sealed"), FileSystemExtensions.SealedExecutable);

        Assert.Equal(FileSystemExtensions.SealedExecutable, Files.Status(At("sealed"))!.Mode);
    }

    [Theory]
    [InlineData(1_700_000_000_123_456_700)]
    [InlineData(0)]
    [InlineData(-1)]
    public void sets_the_time_of_last_change(long nanoseconds)
    {
        var path = FileWith("");

        Files.SetModified(path, nanoseconds);

        Assert.Equal(nanoseconds, Files.Status(path)!.ModifiedNanoseconds);
    }

    [Fact]
    public void copies_the_bytes_under_the_mode_asked_for()
    {
        var text = new string('x', 300_000);

        Files.CopyFile(FileWith(text), At("copy"), FileSystemExtensions.SealedFile);

        Assert.Equal(text, Files.ReadText(At("copy")));
        Assert.Equal(FileSystemExtensions.SealedFile, Files.Status(At("copy"))!.Mode);
    }

    [Fact]
    public void clones_where_the_file_system_can_and_else_leaves_nothing()
    {
        var original = FileWith("content");
        try
        {
            Files.CloneFile(original, At("clone"), FileSystemExtensions.SealedFile);
            Assert.Equal("content", Files.ReadText(At("clone")));
        }
        catch (FileSystemException refused)
        {
            Assert.Equal(FileSystemError.NotSupported, refused.Error);
            Assert.Null(Files.Status(At("clone")));
        }
    }

    [Fact]
    public void replacing_text_leaves_one_file()
    {
        var path = FileWith("old");

        Files.ReplaceText(path, "new", path + ".new");

        Assert.Equal("new", Files.ReadText(path));
        Assert.Single(Files.List(Root));
    }
}

public sealed class Changing_directories : FileSystemTest
{
    [Fact]
    public void makes_one_and_only_a_new_one()
    {
        DirectoryAt("directory");

        Refused(FileSystemError.Exists, () => Files.CreateDirectory(At("directory")));
        Refused(FileSystemError.NotFound, () => Files.CreateDirectory(At("absent/below")));
    }

    [Fact]
    public void makes_all_that_are_missing()
    {
        Files.CreateDirectories(At("a/b/c"));
        Files.CreateDirectories(At("a/b/c"));
        Files.CreateDirectories(At("a/b/d/"));

        Assert.True(Files.IsDirectory(At("a/b/c")));
        Assert.True(Files.IsDirectory(At("a/b/d")));
    }

    [Fact]
    public void follows_a_link_to_a_directory_that_is_there()
    {
        DirectoryAt("directory");
        Files.CreateSymbolicLink(At("link"), "directory", isDirectory: true);

        Files.CreateDirectories(At("link"));
        Files.CreateDirectories(At("link/below"));

        Assert.True(Files.IsDirectory(At("directory/below")));
    }

    [Fact]
    public void makes_none_where_a_file_is()
    {
        var path = FileWith("");

        Refused(FileSystemError.Exists, () => Files.CreateDirectories(path));
        Refused(FileSystemError.NotADirectory, () => Files.CreateDirectories(Path.Combine(path, "below")));
    }

    [Fact]
    public void deletes_only_what_was_meant()
    {
        DirectoryAt("directory");
        FileWith("", "directory/file");

        Refused(FileSystemError.NotEmpty, () => Files.DeleteEmptyDirectory(At("directory")));
        Refused(FileSystemError.IsADirectory, () => Files.DeleteFile(At("directory")));
        Refused(FileSystemError.NotADirectory, () => Files.DeleteEmptyDirectory(At("directory/file")));
        Refused(FileSystemError.NotFound, () => Files.DeleteFile(At("absent")));
        Refused(FileSystemError.NotFound, () => Files.DeleteEmptyDirectory(At("absent")));
    }

    [Fact]
    public void deletes_a_tree_without_following_links()
    {
        Files.CreateDirectories(At("tree/below"));
        FileWith("kept");
        Files.CreateSymbolicLink(At("tree/below/link"), Root, isDirectory: true);
        Files.WriteNew(At("tree/sealed-\uDCFF"), "x"u8, FileSystemExtensions.SealedFile);

        Files.DeleteTree(At("tree"));

        Assert.Equal("file", Assert.Single(Files.List(Root)).Name);
    }
}

public sealed class Renaming : FileSystemTest
{
    [Fact]
    public void replaces_a_file()
    {
        Files.Rename(FileWith("new", "new"), FileWith("old", "old"));

        Assert.Equal("new", Files.ReadText(At("old")));
        Assert.Null(Files.Status(At("new")));
    }

    [Fact]
    public void of_a_directory_onto_one_with_content_is_refused()
    {
        DirectoryAt("from");
        DirectoryAt("to");
        FileWith("", "to/file");

        var refused = Refused(FileSystemError.NotEmpty, () => Files.Rename(At("from"), At("to")));

        Assert.StartsWith($"could not rename '{At("from")}' to '{At("to")}': ", refused.Message, StringComparison.Ordinal);
        Assert.Equal(At("to"), refused.Path);
    }

    [Fact]
    public void of_what_is_missing_or_elsewhere_is_refused()
    {
        Refused(FileSystemError.NotFound, () => Files.Rename(At("absent"), At("to")));
        Refused(FileSystemError.CrossesDevices, () => Files.Rename("/proc/self/status", At("to")));
        Refused(FileSystemError.CrossesDevices, () => Files.CreateHardLink("/proc/self/status", At("to")));
    }

    [Fact]
    public void a_hard_link_over_an_existing_file_is_refused()
    {
        var path = FileWith("");

        Refused(FileSystemError.Exists, () => Files.CreateHardLink(path, path));
        Refused(FileSystemError.NotFound, () => Files.CreateHardLink(At("absent"), At("second")));
    }
}

public sealed class The_volume : FileSystemTest
{
    [Fact]
    public void becomes_durable_as_a_whole_and_by_directory()
    {
        using var volume = Files.OpenVolume(Root);
        FileWith("content");

        volume.Sync();
        Files.SyncDirectory(Root);
    }

    [Fact]
    public void is_opened_by_directories_only()
    {
        var path = FileWith("");

        Refused(FileSystemError.NotADirectory, () => Files.OpenVolume(path));
        Refused(FileSystemError.NotFound, () => Files.SyncDirectory(At("absent")));
    }

    [Fact]
    public void tells_its_space()
    {
        Assert.InRange(Files.AvailableBytes(Root), 1, long.MaxValue);
        Refused(FileSystemError.NotFound, () => Files.AvailableBytes(At("absent")));
    }

    [Fact]
    public void counts_as_a_network_unless_it_is_known()
    {
        Assert.Equal(VolumeKind.Local, Files.Describe(Root).Kind);
        Assert.False(Files.Describe(Root).IsReadOnly);
        Assert.Equal(VolumeKind.Network, Files.Describe("/proc").Kind);
        Refused(FileSystemError.NotFound, () => Files.Describe(At("absent")));
    }
}
