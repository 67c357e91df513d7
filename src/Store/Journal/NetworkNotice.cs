namespace ToolchainStore.Journal;

/// <summary>
/// The line that says that a store is on a network file system: once per process, before its first lock, and not again by the
/// processes that it starts, or a build would print it for each of its thousand compilers.
/// </summary>
/// <param name="setting">What the environment says: <c>0</c> turns it off, <c>said</c> is what an ancestor left that said it.</param>
public sealed class NetworkNotice(string? setting)
{
    public const string Variable = "RUSTUP_STORE_NETWORK_NOTICE";

    private const string OffSetting = "0";
    private const string SaidSetting = "said";

    private bool isSaid = setting is OffSetting or SaidSetting;

    /// <summary>For who has nobody to tell.</summary>
    public static NetworkNotice Off => new(OffSetting);

    public bool IsOff => setting == OffSetting;

    public static NetworkNotice FromEnvironment() => new(Environment.GetEnvironmentVariable(Variable));

    internal void Say(Action<string> tell, string text)
    {
        if (isSaid)
        {
            return;
        }
        isSaid = true;
        Environment.SetEnvironmentVariable(Variable, SaidSetting);
        tell(text);
    }
}
