namespace ToolchainStore.Distribution;

/// <summary>
/// A channel manifest as the journal keeps it beside its text: every string once, everything else as numbers of strings.
/// Read in a small part of the time that parsing the text takes. It is derived, so a form that is not understood is no error.
/// </summary>
public static class ManifestBinary
{
    /// <summary>To be raised whenever the form changes, or what is read from the text.</summary>
    private const byte Form = 1;

    public static byte[] Write(ChannelManifest manifest)
    {
        var strings = new StringTable();
        using var content = new MemoryStream();
        using (var writer = new BinaryWriter(content))
        {
            WriteContent(writer, strings, manifest);
        }
        using var result = new MemoryStream();
        using (var writer = new BinaryWriter(result))
        {
            writer.Write(Form);
            writer.Write7BitEncodedInt(strings.Texts.Count);
            strings.Texts.ForEach(writer.Write);
            writer.Write(content.ToArray());
        }
        return result.ToArray();
    }

    /// <summary>Null for another form than ours; then there is the text.</summary>
    public static ChannelManifest? TryRead(byte[]? bytes)
    {
        if (bytes is not [Form, ..])
        {
            return null;
        }
        using var reader = new BinaryReader(new MemoryStream(bytes, 1, bytes.Length - 1));
        try
        {
            var strings = ReadMany(reader, reader.ReadString);
            return new Content(reader, strings).Read();
        }
        catch (Exception broken) when (broken is EndOfStreamException or FormatException or ArgumentException or IndexOutOfRangeException)
        {
            return null;
        }
    }

    private static void WriteContent(BinaryWriter writer, StringTable strings, ChannelManifest manifest)
    {
        text(manifest.Date);
        many(manifest.Packages, package =>
        {
            text(package.Key);
            text(package.Value.Version);
            many(package.Value.Targets, target =>
            {
                text(target.Key);
                writer.Write(target.Value.IsAvailable);
                many(target.Value.Archives, archive =>
                {
                    writer.Write((byte)archive.Format);
                    text(archive.Url);
                    writer.Write(Convert.FromHexString(archive.Digest.Hex));
                });
                many(target.Value.Components, component);
                many(target.Value.Extensions, component);
            });
        });
        many(manifest.Renames, rename =>
        {
            text(rename.Key);
            text(rename.Value);
        });
        writer.Write(manifest.Profiles is not null);
        many(manifest.Profiles ?? new Dictionary<string, IReadOnlyList<string>>(), profile =>
        {
            text(profile.Key);
            many(profile.Value, text);
        });

        void text(string value) => writer.Write7BitEncodedInt(strings.NumberOf(value));

        void component(Component component)
        {
            text(component.Package);
            writer.Write7BitEncodedInt(component.Target is null ? 0 : strings.NumberOf(component.Target) + 1);
        }

        void many<T>(IReadOnlyCollection<T> items, Action<T> write)
        {
            writer.Write7BitEncodedInt(items.Count);
            foreach (var item in items)
            {
                write(item);
            }
        }
    }

    private static T[] ReadMany<T>(BinaryReader reader, Func<T> read)
    {
        var items = new T[reader.Read7BitEncodedInt()];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = read();
        }
        return items;
    }

    /// <summary>The strings of a manifest by number.</summary>
    private sealed class StringTable
    {
        private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

        internal List<string> Texts { get; } = [];

        internal int NumberOf(string text)
        {
            if (!numbers.TryGetValue(text, out var number))
            {
                number = Texts.Count;
                numbers.Add(text, number);
                Texts.Add(text);
            }
            return number;
        }
    }

    /// <summary>What follows the strings.</summary>
    private readonly struct Content(BinaryReader reader, string[] strings)
    {
        private const int DigestBytes = 32;

        internal ChannelManifest Read()
        {
            var date = Text();
            var packages = Map(Package);
            var renames = Map(Value);
            var hasProfiles = reader.ReadBoolean();
            var profiles = Map(Profile);
            return new ChannelManifest(date, packages, renames, hasProfiles ? profiles : null);
        }

        private string Text() => strings[reader.Read7BitEncodedInt()];

        private string Value(string key) => Text();

        private IReadOnlyList<string> Profile(string name) => ReadMany(reader, Text);

        private Package Package(string name) => new(name, Text(), Map(Target));

        private PackageTarget Target(string name) => new(
            reader.ReadBoolean(), ReadMany(reader, Archive), ReadMany(reader, Component), ReadMany(reader, Component));

        private ArchiveSource Archive() => new(
            (ArchiveFormat)reader.ReadByte(), Text(), Digest.FromBytes(reader.ReadBytes(DigestBytes)));

        private Component Component()
        {
            var package = Text();
            var target = reader.Read7BitEncodedInt();
            return new Component(package, target == 0 ? null : strings[target - 1]);
        }

        private Dictionary<string, T> Map<T>(Func<string, T> read)
        {
            var count = reader.Read7BitEncodedInt();
            var map = new Dictionary<string, T>(count, StringComparer.Ordinal);
            for (var index = 0; index < count; index++)
            {
                var key = Text();
                map.Add(key, read(key));
            }
            return map;
        }
    }
}
