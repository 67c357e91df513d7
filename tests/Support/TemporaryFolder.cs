namespace ToolchainStore.Tests.Support;

/// <summary>A folder of a test's own; gone afterwards.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(
        System.IO.Path.GetTempPath(), "toolchain-store-" + Guid.NewGuid().ToString("N")[..12]);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        const int AttemptsMax = 50;
        for (var attempt = 0; Directory.Exists(Path); attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
            }
            catch (IOException) when (attempt < AttemptsMax)
            {
                // A program that the test left in the background is still deleting, or writing, there.
                Thread.Sleep(20);
            }
        }
    }
}
