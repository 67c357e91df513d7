using System.Runtime.Versioning;
using Microsoft.Win32;

namespace ToolchainStore.Platform;

/// <summary>What a program says of itself in the registry of the user: a directory in PATH, and how to uninstall it. Untested.</summary>
[SupportedOSPlatform("windows")]
public static unsafe class WindowsUserRegistry
{
    private const string EnvironmentKey = "Environment";
    private const string PathValue = "PATH";
    private const string UninstallKey = @"Software\Microsoft\Windows\CurrentVersion\Uninstall\";
    private const char Separator = ';';

    /// <summary>Puts a directory first in PATH, once. False if the value is no text, which is then left alone.</summary>
    /// <remarks>Crash: the value is old or new; programs that run already may not know it before the next login.</remarks>
    public static bool AddToPath(string directory) => ChangePath(path =>
        path.Contains(directory, StringComparison.Ordinal) ? path
        : path.Length == 0 ? directory
        : $"{directory}{Separator}{path}");

    /// <summary>Takes the directory out of PATH. False if the value is no text, which is then left alone.</summary>
    public static bool RemoveFromPath(string directory) => ChangePath(path => string.Join(
        Separator, path.Split(Separator).Where(entry => entry != directory)));

    /// <summary>What the system's list of programs shows and runs.</summary>
    public static void AddUninstaller(string program, string commandLine, string displayName, string version)
    {
        using var key = Registry.CurrentUser.CreateSubKey(UninstallKey + program);
        key.SetValue("UninstallString", commandLine);
        key.SetValue("DisplayName", displayName);
        key.SetValue("DisplayVersion", version);
    }

    public static void RemoveUninstaller(string program) =>
        Registry.CurrentUser.DeleteSubKeyTree(UninstallKey + program, throwOnMissingSubKey: false);

    private static bool ChangePath(Func<string, string> change)
    {
        using var key = Registry.CurrentUser.CreateSubKey(EnvironmentKey);
        switch (key.GetValue(PathValue, "", RegistryValueOptions.DoNotExpandEnvironmentNames))
        {
            case not string:
                return false;
            case string path when change(path) is var changed && changed != path:
                Write(key, changed);
                Announce();
                return true;
            default:
                return true;
        }
    }

    private static void Write(RegistryKey key, string path)
    {
        if (path.Length == 0)
        {
            key.DeleteValue(PathValue, throwOnMissingValue: false);
        }
        else
        {
            // It may refer to other variables, and must then go on doing so.
            key.SetValue(PathValue, path, RegistryValueKind.ExpandString);
        }
    }

    /// <summary>Tells running programs; one that hangs is not waited for.</summary>
    private static void Announce()
    {
        const nint Everybody = 0xffff;
        const uint SettingChanged = 0x1a, AbortIfHung = 0x2, TimeoutMilliseconds = 5000;
        nuint ignored;
        WindowsNative.SendMessage(Everybody, SettingChanged, 0, EnvironmentKey, AbortIfHung, TimeoutMilliseconds, &ignored);
    }
}
