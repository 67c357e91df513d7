using System.Text;
using ICSharpCode.SharpZipLib.Tar;
using ToolchainStore.Platform;

namespace ToolchainStore.Exchange;

/// <summary>Where the files of an export go: a directory, or one tar.</summary>
internal interface IExportWriter : IDisposable
{
    /// <summary>The digest of a file that an earlier, interrupted export wrote completely; null if there is none.</summary>
    Digest? FindWritten(string name);

    /// <summary>Adds a file under a name with '/' separators.</summary>
    void Add(string name, Action<Stream> write);

    /// <summary>Makes it durable; from then on it is a complete export.</summary>
    void Finish();
}

/// <summary>The two kinds of <see cref="IExportWriter"/>.</summary>
internal static class ExportWriter
{
    internal static void Add(this IExportWriter writer, string name, byte[] content) =>
        writer.Add(name, stream => stream.Write(content));

    /// <summary>A directory if the path is one, or ends as one; otherwise a file.</summary>
    internal static IExportWriter Create(Machine machine, string path) =>
        Path.EndsInDirectorySeparator(path) || machine.Files.IsDirectory(path)
            ? new DirectoryWriter(machine, path)
            : new TarWriter(machine, path);

    /// <remarks>Crash: complete files and at most one partial one, which the next export replaces; no index before the end.</remarks>
    private sealed class DirectoryWriter : IExportWriter
    {
        private const string PartialSuffix = ".partial";

        private readonly Machine machine;
        private readonly string root;
        private readonly IVolume volume;

        internal DirectoryWriter(Machine machine, string root)
        {
            this.machine = machine;
            this.root = root;
            machine.Files.CreateDirectories(root);
            volume = machine.Files.OpenVolume(root);
            // An older export in the same place is none any more as soon as its files change.
            machine.Files.TryDeleteFile(Path.Combine(root, ExportIndex.FileName));
        }

        public Digest? FindWritten(string name)
        {
            using var file = machine.Files.TryOpenRead(Path.Combine(root, name));
            return file is null ? null : DigestHasher.Compute(file);
        }

        public void Add(string name, Action<Stream> write)
        {
            var path = Path.Combine(root, name);
            machine.Files.CreateDirectories(Path.GetDirectoryName(path)!);
            machine.Files.TryDeleteFile(path + PartialSuffix);
            using (var file = machine.Files.Create(path + PartialSuffix, FileSystemExtensions.OrdinaryFile))
            {
                var stream = new FileOutputStream(file, 0);
                write(stream);
                file.Sync();
            }
            machine.Files.Rename(path + PartialSuffix, path);
        }

        public void Finish() => volume.Sync();

        public void Dispose() => volume.Dispose();
    }

    /// <remarks>Crash: a partial file beside the path, which the next export replaces.</remarks>
    private sealed class TarWriter : IExportWriter
    {
        private const int BlockBytes = 512;

        private readonly Machine machine;
        private readonly string path;
        private readonly string partialPath;
        private readonly IFile file;
        private long length;

        internal TarWriter(Machine machine, string path)
        {
            this.machine = machine;
            this.path = path;
            partialPath = path + ".partial";
            machine.Files.TryDeleteFile(partialPath);
            file = machine.Files.Create(partialPath, FileSystemExtensions.OrdinaryFile);
        }

        public Digest? FindWritten(string name) => null;

        /// <summary>The header comes after the content, when its size is known.</summary>
        public void Add(string name, Action<Stream> write)
        {
            var stream = new FileOutputStream(file, length + BlockBytes);
            write(stream);
            var header = new TarHeader
            {
                Name = name,
                Mode = Convert.ToInt32("644", 8),
                Size = stream.Position - length - BlockBytes,
                ModTime = machine.Clock.GetUtcNow().UtcDateTime,
                TypeFlag = TarHeader.LF_NORMAL,
            };
            var block = new byte[BlockBytes];
            header.WriteHeader(block, Encoding.UTF8);
            file.Write(block, length);
            length = (stream.Position + BlockBytes - 1) / BlockBytes * BlockBytes;
            file.SetLength(length);
        }

        public void Finish()
        {
            // Two empty blocks end a tar.
            file.SetLength(length + (2 * BlockBytes));
            file.Sync();
            machine.Files.Rename(partialPath, path);
            machine.Files.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }

        public void Dispose()
        {
            file.Dispose();
            machine.Files.TryDeleteFile(partialPath);
        }
    }
}
