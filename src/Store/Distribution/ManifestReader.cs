using ToolchainStore.Toml;

namespace ToolchainStore.Distribution;

/// <summary>Reads the text of a channel manifest. What we do not know is skipped: servers may say more.</summary>
internal sealed class ManifestReader(string toml)
{
    private readonly TomlCursor cursor = new(toml);
    private readonly SortedDictionary<string, PackageDraft> packages = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> renames = new(StringComparer.Ordinal);
    private SortedDictionary<string, IReadOnlyList<string>>? profiles;
    private string? date;
    private bool hasVersion;

    public ChannelManifest Read()
    {
        while (cursor.NextKey() is { } key)
        {
            switch (key)
            {
                case "manifest-version":
                    cursor.ReadVariant<int>(version => version == "2" ? 2 : null, "2");
                    hasVersion = true;
                    break;
                case "date":
                    date = cursor.ReadString();
                    break;
                case "pkg":
                    ReadPackages();
                    break;
                case "renames":
                    ReadRenames();
                    break;
                case "profiles":
                    ReadProfiles();
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }
        if (!hasVersion)
        {
            throw cursor.MissingField("manifest-version", TomlPlace.Start);
        }
        return new ChannelManifest(
            date ?? throw cursor.MissingField("date", TomlPlace.Start),
            packages.ToDictionary(package => package.Key, package => Finish(package.Key, package.Value)),
            renames,
            profiles);
    }

    private void ReadPackages()
    {
        cursor.EnterTable();
        while (cursor.NextKey() is { } name)
        {
            if (!packages.TryGetValue(name, out var package))
            {
                package = new PackageDraft(cursor.Key.WholeLine);
                packages.Add(name, package);
            }
            cursor.EnterTable("struct Package");
            while (cursor.NextKey() is { } key)
            {
                switch (key)
                {
                    case "version":
                        package.Version = cursor.ReadString();
                        break;
                    case "target":
                        ReadTargets(package.Targets);
                        break;
                    default:
                        cursor.SkipValue();
                        break;
                }
            }
        }
    }

    private void ReadTargets(Dictionary<string, TargetDraft> targets)
    {
        cursor.EnterTable();
        while (cursor.NextKey() is { } name)
        {
            if (!targets.TryGetValue(name, out var target))
            {
                target = new TargetDraft(cursor.Key.WholeLine);
                targets.Add(name, target);
            }
            ReadTarget(target);
        }
    }

    private void ReadTarget(TargetDraft target)
    {
        cursor.EnterTable("struct TargetedPackage");
        while (cursor.NextKey() is { } key)
        {
            switch (key)
            {
                case "available":
                    target.IsAvailable = cursor.ReadBoolean();
                    break;
                case "url":
                    target.GzipUrl = cursor.ReadString();
                    break;
                case "hash":
                    target.GzipDigest = cursor.ReadString();
                    break;
                case "xz_url":
                    target.XzUrl = cursor.ReadString();
                    break;
                case "xz_hash":
                    target.XzDigest = cursor.ReadString();
                    break;
                case "zst_url":
                    target.ZstandardUrl = cursor.ReadString();
                    break;
                case "zst_hash":
                    target.ZstandardDigest = cursor.ReadString();
                    break;
                case "components":
                    ReadComponents(target.Components);
                    break;
                case "extensions":
                    ReadComponents(target.Extensions);
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }
    }

    private void ReadComponents(List<Component> components)
    {
        cursor.EnterArray();
        while (cursor.NextItem())
        {
            components.Add(ReadComponent(cursor));
        }
    }

    /// <summary>A component as manifests, and a rustup's list of what it installed, write it.</summary>
    internal static Component ReadComponent(TomlCursor cursor)
    {
        string? package = null;
        string? target = null;
        var place = cursor.Key.WholeLine;
        cursor.EnterTable("struct Component");
        while (cursor.NextKey() is { } key)
        {
            switch (key)
            {
                case "pkg":
                    package = cursor.ReadString();
                    break;
                case "target":
                    target = cursor.ReadString();
                    break;
                default:
                    cursor.SkipValue();
                    break;
            }
        }
        return new Component(
            package ?? throw cursor.MissingField("pkg", place), target == Component.Wildcard ? null : target);
    }

    private void ReadRenames()
    {
        cursor.EnterTable();
        while (cursor.NextKey() is { } from)
        {
            string? to = null;
            var place = cursor.Key.WholeLine;
            cursor.EnterTable("struct Renamed");
            while (cursor.NextKey() is { } key)
            {
                if (key == "to")
                {
                    to = cursor.ReadString();
                }
                else
                {
                    cursor.SkipValue();
                }
            }
            renames[from] = to ?? throw cursor.MissingField("to", place);
        }
    }

    private void ReadProfiles()
    {
        profiles ??= new(StringComparer.Ordinal);
        cursor.EnterTable();
        while (cursor.NextKey() is { } name)
        {
            profiles[name] = cursor.ReadStrings();
        }
    }

    private Package Finish(string name, PackageDraft draft) => new(
        name,
        draft.Version ?? throw cursor.MissingField("version", draft.Place),
        draft.Targets.ToDictionary(target => target.Key, target => Finish(target.Value)));

    private PackageTarget Finish(TargetDraft draft)
    {
        var isAvailable = draft.IsAvailable ?? throw cursor.MissingField("available", draft.Place);
        return new PackageTarget(
            isAvailable,
            isAvailable ? Archives(draft) : [],
            draft.Components,
            draft.Extensions);
    }

    /// <summary>The smaller first. A URL without digest, or the reverse, is no offer.</summary>
    private static List<ArchiveSource> Archives(TargetDraft draft)
    {
        List<ArchiveSource> archives = new(capacity: 2);
        Add(ArchiveFormat.Zstandard, draft.ZstandardUrl, draft.ZstandardDigest);
        Add(ArchiveFormat.Xz, draft.XzUrl, draft.XzDigest);
        Add(ArchiveFormat.Gzip, draft.GzipUrl, draft.GzipDigest);
        return archives;

        void Add(ArchiveFormat format, string? url, string? digest)
        {
            if (url is not null && digest is not null)
            {
                archives.Add(new ArchiveSource(format, url, Digest.Parse(digest)));
            }
        }
    }

    private sealed class PackageDraft(TomlPlace place)
    {
        public TomlPlace Place { get; } = place;

        public string? Version { get; set; }

        public Dictionary<string, TargetDraft> Targets { get; } = new(StringComparer.Ordinal);
    }

    private sealed class TargetDraft(TomlPlace place)
    {
        public TomlPlace Place { get; } = place;

        public bool? IsAvailable { get; set; }

        public string? GzipUrl { get; set; }

        public string? GzipDigest { get; set; }

        public string? XzUrl { get; set; }

        public string? XzDigest { get; set; }

        public string? ZstandardUrl { get; set; }

        public string? ZstandardDigest { get; set; }

        public List<Component> Components { get; } = [];

        public List<Component> Extensions { get; } = [];
    }
}
