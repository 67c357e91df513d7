namespace ToolchainStore.Distribution;

/// <summary>A release stream such as <c>nightly</c>, or a version such as <c>1.95.0-beta.3</c>.</summary>
/// <remarks>Compares in the order of lists: stable, beta, nightly, then versions by number.</remarks>
public sealed record Channel : IComparable<Channel>
{
    private const int LastMinorWithoutPointReleases = 8;
    private const int NoPatch = -1;
    private const int UnnumberedBeta = -1;
    private const int NoPrerelease = int.MaxValue;
    private const int MinorDigitsMax = 3;
    private const int PatchDigitsMax = 2;
    private const int PrereleaseDigitsMax = 2;

    private readonly Order order;

    private Channel(string text, Order order)
    {
        Text = text;
        this.order = order;
    }

    public static Channel Stable { get; } = new("stable", new Order(Rank: 0));

    public static Channel Beta { get; } = new("beta", new Order(Rank: 1));

    public static Channel Nightly { get; } = new("nightly", new Order(Rank: 2));

    public string Text { get; }

    /// <summary>Whether it is a version.</summary>
    public bool IsNumbered => order.Rank == Order.VersionRank;

    /// <summary>Whether what the channel offers changes with time, unless a date pins it.</summary>
    public bool IsTracking =>
        !IsNumbered
        || order.Prerelease == UnnumberedBeta
        || (order.Prerelease == NoPrerelease && order.Patch == NoPatch);

    public static Channel? TryParse(string text) => text switch
    {
        "stable" => Stable,
        "beta" => Beta,
        "nightly" => Nightly,
        _ => TryParseVersion(text),
    };

    public int CompareTo(Channel? other) => other is null ? 1 : order.CompareTo(other.order);

    public override string ToString() => Text;

    private static Channel? TryParseVersion(string text)
    {
        var dash = text.IndexOf('-');
        var numbers = (dash < 0 ? text : text[..dash]).Split('.');
        if (numbers.Length is not (2 or 3)
            || TryParseNumber(numbers[0], digitsMax: 1) is not { } major
            || TryParseNumber(numbers[1], MinorDigitsMax) is not { } minor)
        {
            return null;
        }
        var patch = NoPatch;
        if (numbers.Length == 3)
        {
            if (TryParseNumber(numbers[2], PatchDigitsMax) is not { } number)
            {
                return null;
            }
            patch = number;
        }
        var prerelease = NoPrerelease;
        if (dash >= 0)
        {
            if (TryParsePrerelease(text[(dash + 1)..]) is not { } number)
            {
                return null;
            }
            prerelease = number;
        }
        if (major == 1 && minor <= LastMinorWithoutPointReleases && patch == NoPatch && prerelease == NoPrerelease)
        {
            patch = 0;
            text += ".0";
        }
        return new Channel(text, new Order(Order.VersionRank, major, minor, patch, prerelease));
    }

    private static int? TryParsePrerelease(string text)
    {
        const string numberedBeta = "beta.";
        if (text == "beta")
        {
            return UnnumberedBeta;
        }
        return text.StartsWith(numberedBeta, StringComparison.Ordinal)
            ? TryParseNumber(text[numberedBeta.Length..], PrereleaseDigitsMax)
            : null;
    }

    private static int? TryParseNumber(string digits, int digitsMax)
    {
        if (digits.Length == 0 || digits.Length > digitsMax || !digits.All(char.IsAsciiDigit))
        {
            return null;
        }
        return digits is ['0', _, ..] ? null : int.Parse(digits);
    }

    private readonly record struct Order(
        int Rank, int Major = 0, int Minor = 0, int Patch = NoPatch, int Prerelease = NoPrerelease)
    {
        public const int VersionRank = 3;

        public int CompareTo(Order other) => (Rank, Major, Minor, Patch, Prerelease)
            .CompareTo((other.Rank, other.Major, other.Minor, other.Patch, other.Prerelease));
    }
}
