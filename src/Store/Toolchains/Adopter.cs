using ToolchainStore.Collection;
using ToolchainStore.Distribution;
using ToolchainStore.Journal;
using ToolchainStore.Platform;
using ToolchainStore.Trees;

namespace ToolchainStore.Toolchains;

/// <summary>What was adopted.</summary>
/// <param name="Name">The toolchain.</param>
/// <param name="ComponentCount">How many components it has.</param>
/// <param name="KeptPath">Where the files are that no component names; null if there were none.</param>
/// <param name="KeptFiles">Those files, as paths within the toolchain.</param>
public sealed record Adoption(
    ToolchainName.Official Name, int ComponentCount, string? KeptPath, IReadOnlyList<string> KeptFiles);

/// <summary>
/// Turns a toolchain that another rustup installed into components and a tree, without a download: files are linked, not
/// copied, and the directory is used by whoever uses it until a link stands in its place.
/// </summary>
/// <remarks>
/// Crash: before the commit nothing but unnamed directories; after it the journal names the tree, and the directory is
/// replaced by the next writer (<see cref="ToolchainViews"/>). Locking: as <see cref="Installer"/>.
/// </remarks>
internal sealed class Adopter
{
    // What the other rustup does in between is over soon; one that changes a toolchain each time is not.
    private const int AttemptsMax = 3;
    private const int AnnouncedPrefixLength = 20;

    private readonly StoreOptions options;
    private readonly StoreLayout layout;
    private readonly JournalDatabase journal;
    private readonly ChannelSource channels;
    private readonly Machine machine;

    internal Adopter(StoreOptions options, StoreLayout layout, JournalDatabase journal, ChannelSource channels)
    {
        this.options = options;
        this.layout = layout;
        this.journal = journal;
        this.channels = channels;
        machine = options.Machine;
    }

    /// <summary>Null if there is nothing to adopt: the name is ours, or not there, or no rustup's.</summary>
    /// <exception cref="StoreException">Corrupt: the toolchain is not complete. Busy: somebody keeps changing it.</exception>
    internal Adoption? Adopt(ToolchainName.Official name)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (Find(name) is not { } installation)
            {
                return null;
            }
            using var work = new Work(this, name, installation);
            try
            {
                if (work.TryExecute() is { } adoption)
                {
                    return adoption;
                }
            }
            catch (StoreException missed) when (Find(name)?.Fingerprint != installation.Fingerprint)
            {
                // Its files went while we read them: another command adopted, removed or changed the toolchain.
                options.Reporter.Debug($"{name.Text} is not what it was: {missed.Message}");
            }
        }
        throw new StoreException(
            StoreErrorKind.Busy, $"toolchain '{name.Text}' was changed each time that it was about to be adopted"
            + "\nhelp: run the command again when nothing else changes it");
    }

    private RustupInstallation? Find(ToolchainName.Official name) =>
        journal.Read(session => session.Toolchains.Find(name.Text)) is null
            ? RustupInstallation.TryRead(machine.Files, layout.ToolchainView(name.Text))
            : null;

    /// <summary>What one that was not adopted yet was made from.</summary>
    internal ToolchainBase DescribeBase(ToolchainName.Official name, RustupInstallation installation) =>
        new(GenerationId: null, TreeId: null, Manifest: null, installation.Components)
        {
            AnnouncedPrefix = ReadAnnouncedPrefix(name),
        };

    private string? ReadAnnouncedPrefix(ToolchainName.Official name) =>
        machine.Files.TryReadText(layout.UpdateHash(name.Text))?.Trim() is { Length: AnnouncedPrefixLength } prefix
            && prefix.All(char.IsAsciiHexDigit)
                ? prefix.ToLowerInvariant()
                : null;

    /// <summary>One attempt.</summary>
    private sealed class Work : IDisposable
    {
        private readonly Adopter adopter;
        private readonly ToolchainName.Official name;
        private readonly RustupInstallation installation;
        private readonly IVolume volume;
        private readonly RunningOperation operation;
        private bool isFinished;

        internal Work(Adopter adopter, ToolchainName.Official name, RustupInstallation installation)
        {
            this.adopter = adopter;
            this.name = name;
            this.installation = installation;
            volume = Machine.Files.OpenVolume(adopter.layout.Root);
            operation = RunningOperation.Begin(
                Machine, adopter.layout, "adopt", adopter.options.Command, ProgramVersion.Text);
        }

        private Machine Machine => adopter.machine;

        private JournalDatabase Journal => adopter.journal;

        /// <summary>Null if the toolchain is another by now.</summary>
        internal Adoption? TryExecute()
        {
            var manifest = installation.ParseManifest();
            Journal.Write(operation.Register);
            var staged = StageComponents();
            var unnamed = StageUnnamed(staged);
            var parts = staged.Select(component => new TreePart(
                component.ComponentId, component.Component.Package, component.Component.Target)).ToList();
            var treeId = ObjectId.OfTree(parts);
            var isTreeMissing = Pin(parts, treeId);
            var tree = isTreeMissing ? Compose(treeId, parts, staged) : null;
            Machine.ReachCrashPoint(CrashPoint.BeforeSync);
            volume.Sync(); // Guard: sync-adopted
            var release = new FetchedManifest(
                DigestHasher.Compute(System.Text.Encoding.UTF8.GetBytes(installation.ManifestText)), manifest, installation.ManifestText)
            {
                AnnouncedPrefix = adopter.ReadAnnouncedPrefix(name),
            };
            var packed = ChannelSource.Pack(release, name.Host);
            Machine.ReachCrashPoint(CrashPoint.BeforePublish);
            return Journal.Write(session => TryPublish(session, staged, treeId, tree, packed))
                ? new Adoption(name, staged.Count, unnamed.Count > 0 ? KeptPath : null, unnamed)
                : null;
        }

        public void Dispose()
        {
            if (!isFinished)
            {
                operation.FinishAsFailed(Journal, adopter.options.Reporter);
            }
            operation.Dispose();
            volume.Dispose();
        }

        private string KeptPath => adopter.layout.KeptOf(name.Text, operation.Id);

        private string StagedKeptPath => Path.Combine(operation.StagingPath, "kept");

        private IReadOnlyList<AdoptedComponent> StageComponents()
        {
            var staged = new AdoptedComponent[installation.Components.Count];
            var unpacker = new ComponentAdopter(Machine, adopter.options.Reporter);
            // Documentation is most of all files, so it starts first and the rest fits beside it.
            var order = Enumerable.Range(0, staged.Length)
                .OrderByDescending(index => installation.Components[index].IsDocumentation).ToList();
            try
            {
                ParallelWork.Run(order, adopter.options.Workers, index =>
                {
                    var component = installation.Components[index];
                    staged[index] = unpacker.Stage(
                        installation, component, Path.Combine(operation.StagingPath, index.ToString()));
                    adopter.options.Reporter.Completed(component.FullName);
                });
            }
            finally
            {
                adopter.options.Reporter.Finished();
            }
            return staged;
        }

        /// <summary>Links what no component names into a directory of its own.</summary>
        private IReadOnlyList<string> StageUnnamed(IReadOnlyList<AdoptedComponent> staged)
        {
            var named = staged.SelectMany(component => component.Staged.Listing.Files)
                .Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
            var unnamed = installation.ListUnnamed(named);
            foreach (var path in unnamed)
            {
                Keep(path);
            }
            return unnamed;
        }

        private void Keep(string path)
        {
            var existing = Path.Combine(installation.Path, path);
            var target = Path.Combine(StagedKeptPath, path);
            Machine.Files.CreateDirectories(Path.GetDirectoryName(target)!);
            if (Machine.Files.ReadLink(existing) is { } link)
            {
                Machine.Files.CreateSymbolicLink(target, link, Machine.Files.IsDirectory(existing));
            }
            else if (Machine.Files.Status(existing) is { Kind: FileKind.File } status)
            {
                Machine.Files.CopyFile(existing, target, status.Mode);
            }
        }

        /// <summary>Keeps what the tree needs from a collection; true if the tree itself is not there.</summary>
        private bool Pin(IReadOnlyList<TreePart> parts, string treeId) => Journal.Write(session =>
        {
            foreach (var part in parts)
            {
                session.Pins.Insert(operation.Id, PinKind.Component, part.ComponentId);
            }
            session.Pins.Insert(operation.Id, PinKind.Tree, treeId);
            return session.Trees.Find(treeId) is not { State: ComponentRow.Valid };
        });

        private StagedTree Compose(string treeId, IReadOnlyList<TreePart> parts, IReadOnlyList<AdoptedComponent> staged)
        {
            var sources = parts.Zip(staged, (part, component) => new TreeSource(
                part,
                Path.Combine(component.Staged.Path, StoreLayout.ComponentFilesDirectoryName),
                Path.Combine(component.Staged.Path, StoreLayout.ComponentManifestFileName),
                component.Staged.Listing)).ToList();
            return new TreeComposer(Machine).Compose(
                treeId, sources, installation.ManifestText, Path.Combine(operation.StagingPath, "tree"));
        }

        private bool TryPublish(
            JournalSession session, IReadOnlyList<AdoptedComponent> staged, string treeId, StagedTree? tree, PackedManifest packed)
        {
            Invariant.Hold(session.Operations.IsRunning(operation.Id), "nobody ends the operation of a live process");
            var current = RustupInstallation.TryRead(Machine.Files, installation.Path)?.Fingerprint;
            if (session.Toolchains.Find(name.Text) is not null || current != installation.Fingerprint) // Guard: recheck-adopted
            {
                return false;
            }
            var publisher = new Publisher(Machine, adopter.layout);
            foreach (var component in staged)
            {
                Publish(session, publisher, component, packed.Manifest);
            }
            if (session.Trees.Find(treeId) is not { State: ComponentRow.Valid })
            {
                Invariant.Hold(tree is not null, "a pinned tree stays valid");
                publisher.PublishTree(tree.Path, treeId);
                session.Trees.Insert(
                    new TreeRow { TreeId = treeId, Bytes = tree.OwnBytes, OwnChecksum = tree.OwnChecksum, CreatedAt = Now() },
                    [.. staged.Select(component => component.ComponentId)]);
            }
            if (Machine.Files.Exists(StagedKeptPath))
            {
                Machine.Files.CreateDirectories(adopter.layout.Kept);
                // Crash: a copy of files that are still where they were.
                Machine.Files.Rename(StagedKeptPath, KeptPath);
                Machine.Files.SyncDirectory(adopter.layout.Kept);
            }
            adopter.channels.Keep(session, packed);
            new NameMove(operation.Id, name.Text, treeId, packed.Digest.Hex).Make(session, Now());
            session.Adoptions.Insert(name.Text, installation.Fingerprint);
            operation.Finish(session, Operation.Succeeded);
            isFinished = true;
            return true;
        }

        private void Publish(
            JournalSession session, Publisher publisher, AdoptedComponent component, ChannelManifest manifest)
        {
            if (session.Components.Find(component.ComponentId) is { State: ComponentRow.Valid })
            {
                return;
            }
            publisher.PublishComponent(component.Staged.Path, component.ComponentId);
            session.Components.Insert(new ComponentRow
            {
                ComponentId = component.ComponentId,
                Package = component.Component.Package,
                Target = component.Component.Target,
                Version = manifest.Packages.GetValueOrDefault(component.Component.Package)?.Version ?? "",
                Bytes = component.Staged.Listing.TotalBytes,
                Files = component.Staged.Listing.Files.Count,
                ListingChecksum = component.Staged.ListingChecksum,
                CreatedAt = Now(),
                ManifestChecksum = component.Staged.ManifestChecksum,
                IsAdopted = true,
            });
        }

        private long Now() => Machine.Clock.GetUtcNow().ToUnixTimeMilliseconds();
    }
}
