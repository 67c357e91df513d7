namespace ToolchainStore.Distribution;

/// <summary>
/// The name of one toolchain, which is also the name of its directory: official with a whole host, or custom.
/// </summary>
/// <remarks>Compares in the order of lists: official ones by channel, date, host; then custom ones.</remarks>
public abstract record ToolchainName : IComparable<ToolchainName>
{
    private ToolchainName()
    {
    }

    public abstract string Text { get; }

    /// <summary>Null if a directory of this name is no toolchain.</summary>
    public static ToolchainName? TryParse(string directoryName)
    {
        if (OfficialNameText.TryParse(directoryName) is not { Host: { } host } parts)
        {
            return Custom.TryParse(directoryName);
        }
        // "1.8-HOST" would be the toolchain "1.8.0-HOST", whose directory this is not.
        var official = new Official(parts.Channel, parts.Date, host);
        return official.Text == directoryName ? official : null;
    }

    public int CompareTo(ToolchainName? other) => (this, other) switch
    {
        (_, null) => 1,
        (Official here, Official there) => here.CompareTo(there),
        (Official, _) => -1,
        (_, Official) => 1,
        _ => string.CompareOrdinal(Text, other.Text),
    };

    public sealed override string ToString() => Text;

    /// <summary>A release for one host. The host need not be one we know: new ones appear.</summary>
    public sealed record Official(Channel Channel, string? Date, string Host) : ToolchainName
    {
        /// <summary>What the channel's manifest is called on a server.</summary>
        public string ManifestName => Channel.Text;

        /// <summary>Whether a later update can bring something else.</summary>
        public bool IsTracking => Date is null && Channel.IsTracking;

        /// <summary>The name without its host, as messages about releases put it.</summary>
        public string Release => Date is null ? Channel.Text : $"{Channel.Text}-{Date}";

        public override string Text => $"{Release}-{Host}";

        internal int CompareTo(Official other)
        {
            var byChannel = Channel.CompareTo(other.Channel);
            var byDate = string.CompareOrdinal(Date, other.Date);
            return byChannel != 0 ? byChannel : byDate != 0 ? byDate : string.CompareOrdinal(Host, other.Host);
        }
    }

    /// <summary>A linked toolchain, named by its user.</summary>
    public sealed record Custom : ToolchainName
    {
        private Custom(string text) => Text = text;

        public override string Text { get; }

        /// <remarks>
        /// Unlike rustup, which would remove all toolchains for <c>uninstall .</c>, we take no name that walks.
        /// </remarks>
        public static new Custom? TryParse(string text)
        {
            if (text is "" or "." or ".." or "none" or ['+', ..] || text.AsSpan().ContainsAny("/\\\0"))
            {
                return null;
            }
            return PartialToolchainName.TryParse(text) is null ? new Custom(text) : null;
        }
    }
}
