namespace ToolchainStore.Platform;

/// <summary>The directory that a command was started in.</summary>
public static class WorkingDirectory
{
    /// <summary>Selections and relative paths start there, so nothing is done where it is gone.</summary>
    /// <exception cref="StoreException">NotFound: somebody deleted it, or it may not be seen.</exception>
    public static void Require()
    {
        try
        {
            _ = Environment.CurrentDirectory;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                "Unable to proceed. Could not locate working directory.",
                new StoreException(StoreErrorKind.NotFound, gone is UnauthorizedAccessException
                    ? "Permission denied (os error 13)"
                    : "No such file or directory (os error 2)"));
        }
    }
}
