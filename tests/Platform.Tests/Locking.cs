namespace ToolchainStore.Platform.Tests;

/// <summary>Two openings in one process are strangers to each other, as two processes are.</summary>
public sealed class A_lock : FileSystemTest
{
    [Theory]
    [InlineData(LockKind.Shared, LockKind.Shared, true)]
    [InlineData(LockKind.Shared, LockKind.Exclusive, false)]
    [InlineData(LockKind.Exclusive, LockKind.Shared, false)]
    [InlineData(LockKind.Exclusive, LockKind.Exclusive, false)]
    public void admits_another_or_not(LockKind held, LockKind wanted, bool isGiven)
    {
        using var holder = Files.TryOpenReadWrite(FileWith(""))!;
        using var other = Files.TryOpenReadWrite(holder.Path)!;
        Assert.True(holder.TryLock(held));

        Assert.Equal(isGiven, other.TryLock(wanted));
    }

    [Theory]
    [InlineData(LockKind.Shared, LockKind.Shared, true)]
    [InlineData(LockKind.Shared, LockKind.Exclusive, false)]
    [InlineData(LockKind.Exclusive, LockKind.Shared, false)]
    [InlineData(null, LockKind.Exclusive, true)]
    public void is_asked_for_by_who_may_only_read_and_nothing_is_taken(LockKind? held, LockKind wanted, bool isFree)
    {
        using var holder = Files.TryOpenReadWrite(FileWith(""))!;
        using var reader = Files.TryOpenRead(holder.Path)!;
        Assert.True(held is not { } kind || holder.TryLock(kind));

        Assert.Equal(isFree, reader.CouldLock(wanted));

        Assert.True(holder.TryLock(LockKind.Exclusive));
    }

    [Fact]
    public void is_free_after_unlocking()
    {
        using var holder = Files.TryOpenReadWrite(FileWith(""))!;
        using var other = Files.TryOpenReadWrite(holder.Path)!;
        holder.TryLock(LockKind.Exclusive);

        holder.Unlock();

        Assert.True(other.TryLock(LockKind.Exclusive));
    }

    [Fact]
    public void is_free_after_closing()
    {
        using var other = Files.TryOpenReadWrite(FileWith(""))!;
        using (var holder = Files.TryOpenReadWrite(other.Path)!)
        {
            holder.TryLock(LockKind.Exclusive);
        }

        Assert.True(other.TryLock(LockKind.Exclusive));
    }

    [Fact]
    public void outlives_the_closing_of_another_opening()
    {
        using var holder = Files.TryOpenReadWrite(FileWith(""))!;
        holder.TryLock(LockKind.Exclusive);

        Files.OpenRead(holder.Path).Dispose();

        using var other = Files.TryOpenReadWrite(holder.Path)!;
        Assert.False(other.TryLock(LockKind.Shared));
    }

    [Fact]
    public void changes_its_kind_only_when_alone()
    {
        using var first = Files.TryOpenReadWrite(FileWith(""))!;
        using var second = Files.TryOpenReadWrite(first.Path)!;
        first.TryLock(LockKind.Shared);
        second.TryLock(LockKind.Shared);

        Assert.False(first.TryLock(LockKind.Exclusive));
        second.Unlock();
        Assert.True(first.TryLock(LockKind.Exclusive));
        Assert.True(first.TryLock(LockKind.Shared));
        Assert.True(second.TryLock(LockKind.Shared));
    }

    [Fact]
    public void leaves_the_content_readable_and_follows_the_file_when_renamed()
    {
        using var holder = Files.TryOpenReadWrite(FileWith("content"))!;
        holder.TryLock(LockKind.Exclusive);

        Files.Rename(holder.Path, At("moved"));

        Assert.Equal("content", Files.ReadText(At("moved")));
        using var other = Files.TryOpenReadWrite(At("moved"))!;
        Assert.False(other.TryLock(LockKind.Shared));
    }

    [Fact]
    public void is_shared_through_a_descriptor_that_only_reads()
    {
        using var reader = Files.OpenRead(FileWith(""));
        using var writer = Files.TryOpenReadWrite(reader.Path)!;

        Assert.True(reader.TryLock(LockKind.Shared));
        Assert.False(writer.TryLock(LockKind.Exclusive));
    }
}
