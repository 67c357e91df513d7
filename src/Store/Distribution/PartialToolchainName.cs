namespace ToolchainStore.Distribution;

/// <summary>An official name as a user types it: <c>channel[-date][-part of a host]</c>.</summary>
public sealed record PartialToolchainName(Channel Channel, string? Date, PartialHost Host)
{
    public bool HasHost => !Host.IsEmpty;

    public string Text =>
        Channel.Text + (Date is null ? "" : $"-{Date}") + (HasHost ? $"-{Host.Text}" : "");

    public static PartialToolchainName? TryParse(string text) =>
        OfficialNameText.TryParse(text) is { } parts && PartialHost.TryParse(parts.Host ?? "") is { } host
            ? new PartialToolchainName(parts.Channel, parts.Date, host)
            : null;

    /// <summary>The toolchain meant where <paramref name="defaultHost"/> is the default host.</summary>
    public ToolchainName.Official Resolve(string defaultHost) => new(Channel, Date, Host.Complete(defaultHost));

    public override string ToString() => Text;
}
