using System.Text;
using ToolchainStore.Platform;

namespace ToolchainStore.Distribution;

/// <summary>Whose signatures count, and whether there must be one.</summary>
public sealed record SignaturePolicy(string KeysPath, bool IsRequired);

/// <summary>
/// The detached signatures that a server keeps beside its channel manifests. One that is there must be good; one that
/// is not is an error only where signatures are required. Keys are read when the first manifest comes.
/// </summary>
public sealed class ManifestSignatures(Machine machine, DistributionServer server, SignaturePolicy policy)
{
    private readonly Lazy<SigningKeys> keys = new(() => SigningKeys.Parse(ReadKeys(machine, policy.KeysPath), policy.KeysPath));

    /// <summary>Throws unless the text may be used that a server has at a url.</summary>
    public void Check(string url, string text)
    {
        var signatureUrl = ManifestUrl.Signature(url);
        if (server.TryFetch(signatureUrl) is not { } signature)
        {
            if (policy.IsRequired)
            {
                throw new StoreException(
                    StoreErrorKind.Corrupt,
                    $"'{url}' is not signed: the server has no '{signatureUrl}'"
                    + "\nhelp: use a server that signs its manifests, or unset RUSTUP_STORE_REQUIRE_SIGNATURE");
            }
            return;
        }
        if (keys.Value.FindFault(Encoding.UTF8.GetBytes(text), signature, machine.Clock.GetUtcNow()) is { } fault)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"the signature '{signatureUrl}' was refused: {fault.Reason}\nhelp: {fault.Advice}");
        }
    }

    /// <summary>Throws if signatures are required: nothing that could be signed says what a whole release's archive is.</summary>
    public void RefuseWholeRelease(string archiveUrl)
    {
        if (policy.IsRequired)
        {
            throw new StoreException(
                StoreErrorKind.Corrupt,
                $"'{archiveUrl}' is from before there were signed manifests"
                + "\nhelp: unset RUSTUP_STORE_REQUIRE_SIGNATURE to install it all the same");
        }
    }

    private static byte[] ReadKeys(Machine machine, string path) => machine.Files.IsFile(path)
        ? machine.Files.ReadAll(path)
        : throw new StoreException(
            StoreErrorKind.Usage,
            $"the file of keys '{path}' is not there"
            + "\nhelp: RUSTUP_STORE_SIGNING_KEYS names a file of OpenPGP public keys");
}
