using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>Where the files of an export go: a directory, or one tar. One process at a time writes to it.</summary>
internal interface IExportWriter : IDisposable
{
    /// <summary>The digest of a file that an earlier export wrote; null if there is none, or it is not what it must be.</summary>
    Digest? FindWritten(string name, Func<Stream, bool> isWhole);

    /// <summary>Adds a file under a name with '/' separators.</summary>
    void Add(string name, Action<Stream> write);

    /// <summary>Adds the index, after everything else is durable; from then on it is a complete export.</summary>
    void Finish(byte[] index);
}

/// <summary>The two kinds of <see cref="IExportWriter"/>.</summary>
internal static class ExportWriter
{
    internal static void Add(this IExportWriter writer, string name, byte[] content) =>
        writer.Add(name, stream => stream.Write(content));

    /// <summary>A directory if the path is one, or ends as one; otherwise a file.</summary>
    /// <param name="machine">Where it is.</param>
    /// <param name="path">Where the export goes.</param>
    /// <param name="names">All that is going to be in it.</param>
    /// <exception cref="StoreException">Busy: another process writes there.</exception>
    internal static IExportWriter Create(Machine machine, string path, IEnumerable<string> names)
    {
        if (Path.EndsInDirectorySeparator(path) || machine.Files.IsDirectory(path))
        {
            return new DirectoryWriter(machine, path);
        }
        if (machine.Files.TargetStatus(path) is { Kind: not FileKind.File })
        {
            throw new StoreException(
                StoreErrorKind.Usage, $"'{path}' is neither a file nor a directory\nhelp: name a file, or a directory with a slash at its end");
        }
        // A link stays, and what it leads to is replaced.
        return new TarWriter(machine, machine.Files.Canonicalize(path) ?? path, names);
    }

    /// <remarks>
    /// Crash: files, and at most one partial one, which the next export replaces; what the others hold it reads before it keeps them.
    /// The index of an older export goes with the first change, and the new one comes when all is durable. Locking: the partial index, for the life of the export.
    /// </remarks>
    private sealed class DirectoryWriter : IExportWriter
    {
        private const string PartialSuffix = ".partial";

        private readonly Machine machine;
        private readonly string root;
        private readonly IVolume volume;
        private readonly IFile index;

        internal DirectoryWriter(Machine machine, string root)
        {
            this.machine = machine;
            this.root = root;
            machine.Files.CreateDirectories(root);
            volume = machine.Files.OpenVolume(root);
            index = PartialFile.Open(machine, Path.Combine(root, ExportIndex.FileName));
        }

        public Digest? FindWritten(string name, Func<Stream, bool> isWhole)
        {
            using var file = machine.Files.TryOpenRead(Path.Combine(root, name));
            return file is not null && isWhole(new FileContentStream(file, 0)) ? DigestHasher.Compute(file) : null;
        }

        public void Add(string name, Action<Stream> write)
        {
            var path = Path.Combine(root, name);
            // An older export in the same place is none any more as soon as its files change.
            machine.Files.TryDeleteFile(Path.Combine(root, ExportIndex.FileName));
            machine.Files.CreateDirectories(Path.GetDirectoryName(path)!);
            machine.Files.TryDeleteFile(path + PartialSuffix);
            using (var file = machine.Files.Create(path + PartialSuffix, FileSystemExtensions.OrdinaryFile))
            {
                var stream = new FileOutputStream(file, 0);
                write(stream);
            }
            machine.Files.Rename(path + PartialSuffix, path);
        }

        public void Finish(byte[] content)
        {
            volume.Sync();
            index.SetLength(0);
            index.Write(content, 0);
            index.Sync();
            machine.Files.Rename(index.Path, Path.Combine(root, ExportIndex.FileName));
            machine.Files.SyncDirectory(root);
        }

        public void Dispose()
        {
            index.Dispose();
            volume.Dispose();
        }
    }

    /// <remarks>
    /// Crash: a partial file beside the path, in which a header follows its content. The next export reads what the headers tell of, and goes
    /// on after the last that is whole; until then nothing needs to be durable. Locking: the partial file, for the life of the export.
    /// </remarks>
    private sealed class TarWriter : IExportWriter
    {
        private readonly Machine machine;
        private readonly string path;
        private readonly IFile file;

        // What an earlier export wrote and this one keeps, in its order.
        private IReadOnlyList<ExportMember> written;
        private long length;

        internal TarWriter(Machine machine, string path, IEnumerable<string> names)
        {
            this.machine = machine;
            this.path = path;
            file = PartialFile.Open(machine, path);
            // Of an export of something else, only what both have in common at their beginning is kept.
            var wanted = names.ToHashSet(StringComparer.Ordinal);
            RefuseOthers();
            written = [.. ExportMember.ReadAll(file).Members.TakeWhile(member => wanted.Remove(member.Name))];
            Cut();
        }

        /// <summary>What lies where ours would is somebody's file, unless it begins as an export does: with nothing yet, or with a member of one.</summary>
        private void RefuseOthers()
        {
            var first = new byte[ExportMember.BlockBytes];
            var count = file.Read(first, 0);
            var isOurs = count == 0
                || (count == first.Length && !first.AsSpan().ContainsAnyExcept((byte)0))
                || ExportIndex.IsName(Encoding.ASCII.GetString(first, 0, count));
            if (!isOurs)
            {
                var partial = file.Path;
                file.Dispose();
                throw new StoreException(
                    StoreErrorKind.Usage, $"'{partial}' is not what an interrupted export leaves\nhelp: move it away, or export to another place");
            }
        }

        public Digest? FindWritten(string name, Func<Stream, bool> isWhole)
        {
            if (written.FirstOrDefault(member => member.Name == name) is not { } member)
            {
                return null;
            }
            if (isWhole(OpenContent(member)))
            {
                return DigestHasher.Compute(OpenContent(member));
            }
            written = [.. written.TakeWhile(before => before != member)];
            Cut();
            return null;
        }

        private BoundedStream OpenContent(ExportMember member) => new(new FileContentStream(file, member.Offset), member.Length);

        /// <summary>The next member comes after the last that is kept.</summary>
        private void Cut()
        {
            length = written.Count == 0 ? 0 : written[^1].End;
            file.SetLength(length);
        }

        /// <summary>The header comes after the content, when its size is known.</summary>
        public void Add(string name, Action<Stream> write)
        {
            var stream = new FileOutputStream(file, length + ExportMember.BlockBytes);
            write(stream);
            var header = new TarHeader
            {
                Name = name,
                Mode = Convert.ToInt32("644", 8),
                Size = stream.Position - length - ExportMember.BlockBytes,
                ModTime = machine.Clock.GetUtcNow().UtcDateTime,
                TypeFlag = TarHeader.LF_NORMAL,
            };
            var block = new byte[ExportMember.BlockBytes];
            header.WriteHeader(block, Encoding.UTF8);
            file.Write(block, length);
            length = ExportMember.RoundUp(stream.Position);
            file.SetLength(length);
        }

        public void Finish(byte[] index)
        {
            this.Add(ExportIndex.FileName, index);
            // Two empty blocks end a tar.
            file.SetLength(length + (2 * ExportMember.BlockBytes));
            file.Sync();
            machine.Files.Rename(file.Path, path);
            machine.Files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        public void Dispose() => file.Dispose();
    }
}
