using ToolchainStore.Journal;

namespace ToolchainStore.Distribution;

/// <summary>Which releases that the journal has are meant by a name, where no server can be asked.</summary>
internal static class KnownReleases
{
    /// <summary>
    /// Whether a release that some name was made from is one that another name means: the same channel of another host, the
    /// nightly of that day, the version that stable has.
    /// </summary>
    internal static bool IsOf(ToolchainName.Official wanted, UsedManifestRow used)
    {
        if (ToolchainName.TryParse(used.ToolchainName) is not ToolchainName.Official known)
        {
            return false;
        }
        if (wanted.Channel.IsNumbered && (known.Channel.IsNumbered || known.Channel == Channel.Stable))
        {
            // 1.95.0 is "1.95.0 (hash date)", and 1.95 the newest of "1.95.*".
            return wanted.Date is null && used.RustVersion is { } version
                && (version.StartsWith(wanted.Channel.Text + " ", StringComparison.Ordinal)
                    || version.StartsWith(wanted.Channel.Text + ".", StringComparison.Ordinal));
        }
        return known.Channel == wanted.Channel && (known.Date == wanted.Date || (known.Date is null && used.Date == wanted.Date));
    }
}
