using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Distribution;

/// <summary>Where manifests and archives come from: an http, https or file url without a slash at its end.</summary>
public sealed class DistributionServer(Machine machine, string root, Func<TimeSpan> idleTimeout, bool isStaged = false, bool isOffline = false)
{
    private const string DigestSuffix = ".sha256";

    public static readonly TimeSpan DefaultIdleTimeout = TimeSpan.FromSeconds(180);

    private static readonly TimeSpan MeasureTimeout = TimeSpan.FromSeconds(2);

    private const int LongestText = 64 << 20;
    private const string FileScheme = "file://";

    public string Root { get; } = root.TrimEnd('/');

    /// <summary>Whether manifests are asked for that are about to be released.</summary>
    public bool IsStaged { get; } = isStaged;

    /// <summary>A server without a link in between: what is smaller to transfer does not matter there.</summary>
    public bool IsLocal =>
        Collected is not null || Root.StartsWith(FileScheme, StringComparison.Ordinal)
        || (Uri.TryCreate(Root, UriKind.Absolute, out var uri) && uri.IsLoopback);

    /// <summary>
    /// A directory of files that somebody fetched from the server, without its directories: it is asked instead. Null if there is none.
    /// </summary>
    public string? Collected { get; init; }

    /// <summary>Whether it may be asked at all; a directory may always.</summary>
    public bool MayBeAsked => !isOffline || Collected is not null || FindDirectory() is { IsThere: true };

    /// <summary>Of a server that is a directory: which, and whether it is there.</summary>
    private (string Path, bool IsThere)? FindDirectory() =>
        Root.StartsWith(FileScheme, StringComparison.Ordinal) && Uri.UnescapeDataString(Root[FileScheme.Length..]) is var path
            ? (path, machine.Files.IsDirectory(path))
            : null;

    /// <summary>What may be wrong where it has not what it is asked for; null if nothing is known.</summary>
    public string? FindFault() => this switch
    {
        { Collected: { } directory } => $"\nhelp: '{directory}' must hold its channel manifest, with the .sha256 beside it",
        _ when FindDirectory() is { IsThere: false } missing => $"\nhelp: RUSTUP_DIST_SERVER names the directory '{missing.Path}', which is not there",
        _ => null,
    };

    /// <summary>As seen while texts were fetched; manifests are large enough.</summary>
    public LinkSpeed Link { get; } = new();

    /// <summary>The text at a url; null if the server says that there is none.</summary>
    public string? TryFetchText(string url) => TryFetch(url) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>As <see cref="TryFetchText"/>, where it need not be text.</summary>
    public byte[]? TryFetch(string url)
    {
        using var response = Get(url, 0);
        if (IsMissing(response.Status))
        {
            return null;
        }
        RequireSuccess(url, response.Status);
        var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        var count = response.Body.Read(buffer);
        var beginning = count;
        var begunAt = machine.Clock.GetTimestamp();
        while (count > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > LongestText)
            {
                throw new StoreException(StoreErrorKind.Network, $"'{url}' is larger than any manifest\nhelp: is RUSTUP_DIST_SERVER right?");
            }
            count = response.Body.Read(buffer);
        }
        Link.Note(content.Length - beginning, machine.Clock.GetElapsedTime(begunAt));
        return content.ToArray();
    }

    /// <summary>Asks for a url from a byte on; the caller looks at the status.</summary>
    public NetworkResponse Get(string url, long firstByte)
    {
        var begunAt = machine.Clock.GetTimestamp();
        var response = Ask(url, firstByte);
        machine.Trace?.Invoke(
            $"GET {url}{(firstByte > 0 ? $" from byte {firstByte}" : "")}: {response.Status}, {response.LengthBytes?.ToString() ?? "unknown"} bytes, answered in {machine.Since(begunAt)}");
        return response;
    }

    private NetworkResponse Ask(string url, long firstByte)
    {
        if (Collected is { } directory)
        {
            return GetCollected(Path.Combine(directory, url[(url.LastIndexOf('/') + 1)..]), firstByte);
        }
        if (url.StartsWith(FileScheme, StringComparison.Ordinal))
        {
            return GetFile(Uri.UnescapeDataString(url[FileScheme.Length..]), firstByte);
        }
        // On Unix a path would parse as a file's url.
        if (!url.Contains("://", StringComparison.Ordinal) || !Uri.TryCreate(url, UriKind.Absolute, out var parsed))
        {
            throw new StoreException(StoreErrorKind.Usage, $"failed to parse url: {url}: relative URL without a base");
        }
        if (isOffline)
        {
            throw new StoreException(
                StoreErrorKind.NotFound,
                $"'{url}' may not be asked for: offline\nhelp: go online: without `--offline`, and RUSTUP_STORE_OFFLINE unset");
        }
        return parsed.Scheme is "http" or "https"
            ? machine.Network.Get(url, firstByte, idleTimeout())
            : throw new StoreException(
                StoreErrorKind.Usage,
                $"could not download file from '{url}': only http, https and file are understood"
                + "\nhelp: set RUSTUP_DIST_SERVER to such a url");
    }

    /// <summary>How many bytes a url has, for showing how far another process is; null if that cannot be learnt quickly.</summary>
    public long? TryMeasure(string url)
    {
        try
        {
            if (Collected is not null || url.StartsWith(FileScheme, StringComparison.Ordinal))
            {
                using var response = Get(url, firstByte: 0);
                return response.Status == 200 ? response.LengthBytes : null;
            }
            return isOffline ? null : machine.Network.TryMeasure(url, MeasureTimeout);
        }
        catch (StoreException)
        {
            // Whoever downloads it finds out what is wrong.
            return null;
        }
    }

    /// <summary>rustup takes every 4xx but 416 for "does not exist".</summary>
    public static bool IsMissing(int status) => status is >= 400 and < 500 and not 416;

    public static void RequireSuccess(string url, int status)
    {
        if (status is < 200 or >= 300)
        {
            throw new NetworkException(
                $"the server answered {status} for '{url}'" + (status is >= 300 and < 400 ? ", after too many redirections" : ""));
        }
    }

    /// <summary>Whoever fetches a manifest by hand does not fetch its digest.</summary>
    private NetworkResponse GetCollected(string path, long firstByte)
    {
        if (!path.EndsWith(DigestSuffix, StringComparison.Ordinal) || machine.Files.Exists(path))
        {
            return GetFile(path, firstByte);
        }
        using var subject = machine.Files.TryOpenRead(path[..^DigestSuffix.Length]);
        if (subject is null)
        {
            return GetFile(path, firstByte);
        }
        var text = Encoding.ASCII.GetBytes(DigestHasher.Compute(subject).Hex);
        return new NetworkResponse(200, text.Length, new MemoryStream(text), owner: null);
    }

    private NetworkResponse GetFile(string path, long firstByte)
    {
        var file = machine.Files.TryOpenRead(path);
        if (file is null)
        {
            return new NetworkResponse(404, 0, Stream.Null, owner: null);
        }
        var length = file.Length;
        if (firstByte > length)
        {
            file.Dispose();
            return new NetworkResponse(416, 0, Stream.Null, owner: null);
        }
        return new NetworkResponse(
            firstByte > 0 ? 206 : 200, length - firstByte, new FileContentStream(file, firstByte), file);
    }
}
