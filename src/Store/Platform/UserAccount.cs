namespace ToolchainStore.Platform;

/// <summary>What the system knows of the user as whom this process runs.</summary>
public static unsafe class UserAccount
{
    /// <summary>The user as whom this process runs, by name, or by number where the system knows none.</summary>
    public static string CurrentName => OperatingSystem.IsWindows() ? Environment.UserName : FindName(UnixNative.EffectiveUser());

    /// <summary>A user by name, or by number where the system knows none; Windows has names only.</summary>
    public static string FindName(uint user)
    {
        var account = OperatingSystem.IsWindows() ? null : UnixNative.FindAccount(user);
        return account is null ? $"user {user}" : UnixPath.Decode(account[0]);
    }

    /// <summary>The home directory by the user database, whatever HOME says; null where there is none.</summary>
    public static string? FindHomeDirectory()
    {
        if (OperatingSystem.IsWindows())
        {
            return null;
        }
        // struct passwd, in pointers: name, password, the two numbers in one, then (macOS: change, class) gecos, home.
        var homeIndex = UnixNative.IsMac ? 6 : 4;
        var account = UnixNative.FindAccount(UnixNative.EffectiveUser());
        return account is null ? null : UnixPath.Decode(account[homeIndex]);
    }
}
