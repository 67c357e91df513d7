using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.Sig;
using Org.BouncyCastle.Crypto.Digests;

namespace ToolchainStore.Distribution;

/// <summary>A key that may sign files: a master key, or a subkey that its master key says is for signing.</summary>
internal sealed record SigningKey(PublicKeyPacket Packet, long Id, bool IsRevoked, DateTimeOffset ExpiresAt)
{
    private const int CanSign = 2;

    /// <summary>
    /// The keys of a key file: each begins with the key itself; what is said of it follows, and counts only as far as
    /// the master key has signed it. A revocation counts whoever made it: refusing too much is the safe mistake.
    /// </summary>
    internal static IReadOnlyList<SigningKey> Read(IEnumerable<Packet> packets)
    {
        var keys = new List<SigningKey>();
        SigningKey? master = null;
        var draft = new Draft();
        foreach (var packet in packets)
        {
            switch (packet)
            {
                case PublicSubkeyPacket subkey:
                    Finish();
                    draft = new Draft { Key = subkey };
                    break;
                case PublicKeyPacket key:
                    Finish();
                    master = null;
                    draft = new Draft { Key = key };
                    break;
                case UserIdPacket user:
                    draft.Subject = user;
                    break;
                case SignaturePacket signature:
                    draft.Signatures.Add((new Signature(signature), draft.Subject));
                    break;
            }
        }
        Finish();
        return keys;

        void Finish()
        {
            if (draft.Key is not { } key || !Signature.Supports(key))
            {
                return;
            }
            if (key is not PublicSubkeyPacket)
            {
                master = draft.Complete(key);
                keys.Add(master);
            }
            else if (master is not null && draft.TryComplete(key, master) is { } subkey)
            {
                keys.Add(subkey);
            }
        }
    }

    /// <summary>The form in which a key is hashed, into its fingerprint and under signatures.</summary>
    internal static byte[] HashedForm(PublicKeyPacket key)
    {
        var body = key.GetEncodedContents();
        var form = new byte[3 + body.Length];
        form[0] = 0x99;
        BinaryPrimitives.WriteUInt16BigEndian(form.AsSpan(1), checked((ushort)body.Length));
        body.CopyTo(form, 3);
        return form;
    }

    private static long ComputeId(PublicKeyPacket key)
    {
        var sha1 = new Sha1Digest();
        sha1.BlockUpdate(HashedForm(key));
        var fingerprint = new byte[sha1.GetDigestSize()];
        sha1.DoFinal(fingerprint, 0);
        return BinaryPrimitives.ReadInt64BigEndian(fingerprint.AsSpan(^8));
    }

    /// <summary>A key with what a key file says of it, as it is read.</summary>
    private sealed class Draft
    {
        internal PublicKeyPacket? Key { get; init; }

        /// <summary>Whom the next signatures are about; null while they are about the key.</summary>
        internal UserIdPacket? Subject { get; set; }

        internal List<(Signature Signature, UserIdPacket? Subject)> Signatures { get; } = [];

        internal SigningKey Complete(PublicKeyPacket key)
        {
            var id = ComputeId(key);
            // The newest statement of the key about itself says how long it is good.
            var statement = Signatures
                .Where(entry => entry.Signature.KeyId == id && entry.Signature.IsStatementOfKey && entry.Signature.IsMadeBy(
                    key, [.. HashedForm(key), .. Signature.HashedForm(entry.Subject)]))
                .Select(entry => entry.Signature)
                .MaxBy(signature => signature.CreatedAt);
            return new SigningKey(key, id, HasRevocation, ExpiryAfter(key, statement));
        }

        /// <summary>Null if the master key does not say that it is for signing.</summary>
        internal SigningKey? TryComplete(PublicKeyPacket key, SigningKey master)
        {
            var binding = Signatures.Select(entry => entry.Signature)
                .Where(signature => signature.IsBindingOfSubkey
                    && signature.IsMadeBy(master.Packet, [.. HashedForm(master.Packet), .. HashedForm(key)]))
                .MaxBy(signature => signature.CreatedAt);
            if (binding is null || (binding.KeyFlags & CanSign) == 0)
            {
                return null;
            }
            var expiry = ExpiryAfter(key, binding);
            return new SigningKey(
                key, ComputeId(key), HasRevocation || master.IsRevoked,
                expiry < master.ExpiresAt ? expiry : master.ExpiresAt);
        }

        private bool HasRevocation => Signatures.Exists(entry => entry.Signature.IsRevocationOfKey);

        private static DateTimeOffset ExpiryAfter(PublicKeyPacket key, Signature? statement) =>
            Signature.ExpiryAfter(
                new DateTimeOffset(DateTime.SpecifyKind(key.GetTime(), DateTimeKind.Utc)), statement?.KeyValiditySeconds ?? 0);
    }
}
