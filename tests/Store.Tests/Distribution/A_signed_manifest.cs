using System.Text;
using Org.BouncyCastle.Bcpg;
using ToolchainStore.Distribution;
using ToolchainStore.Tests.Support;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Distribution;

public sealed class A_signed_manifest : StoreTest
{
    private const string Path = "dist/channel-rust-stable.toml";

    private readonly Signer signer = Signer.Ed25519();

    private string Text => File.ReadAllText(System.IO.Path.Combine(Mirror.Root, Path));

    [Fact]
    public void is_used_when_the_signature_is_good()
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(signer.PublicKeys));
    }

    [Fact]
    public void is_used_when_signature_and_keys_are_armored()
    {
        Mirror.Write(Path + ".asc", signer.SignArmored(Text));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting([.. Signer.Ed25519().ArmoredPublicKeys, .. signer.ArmoredPublicKeys]));
    }

    [Fact]
    public void may_be_signed_with_rsa()
    {
        var rsa = Signer.Rsa();
        Mirror.Write(Path + ".asc", rsa.SignArmored(Text));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(rsa.ArmoredPublicKeys));
    }

    [Theory]
    [InlineData(HashAlgorithmTag.Sha384)]
    [InlineData(HashAlgorithmTag.Sha512)]
    public void may_be_signed_by_way_of_a_longer_hash(HashAlgorithmTag hash)
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text, hash));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(signer.PublicKeys));
    }

    [Fact]
    public void may_be_signed_with_a_subkey()
    {
        var somebody = Signer.WithSubkey(isForSigning: true);
        Mirror.Write(Path + ".asc", somebody.Sign(Text));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(somebody.PublicKeys));
    }

    [Fact]
    public void may_carry_a_signature_of_somebody_else_too()
    {
        Mirror.Write(Path + ".asc", [.. Signer.Ed25519().Sign(Text), .. signer.Sign(Text)]);

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(signer.PublicKeys));
    }

    [Fact]
    public void without_signature_is_used_unless_one_is_required()
    {
        Assert.Equal(InstallOutcome.Installed, InstallTrusting(signer.PublicKeys));

        Assert.Equal(
            $"'{Server.Url}/dist/channel-rust-nightly.toml' is not signed: the server has no '{Server.Url}/dist/channel-rust-nightly.toml.asc'"
            + "\nhelp: use a server that signs its manifests, or unset RUSTUP_STORE_REQUIRE_SIGNATURE",
            Refusal(signer.PublicKeys, Nightly, isRequired: true));
    }

    [Fact]
    public void that_was_changed_is_refused()
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text + "\n"));

        Assert.Equal(
            $"the signature '{Server.Url}/{Path}.asc' was refused: the key {signer.KeyId:X16} signed something else"
            + "\nhelp: somebody may have changed the file; do not install from this server before you know why",
            Refusal(signer.PublicKeys));
    }

    [Fact]
    public void by_an_unknown_key_is_refused()
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text));

        Assert.Equal(
            $"the signature '{Server.Url}/{Path}.asc' was refused: it was made by the key {signer.KeyId:X16}, which '{KeysPath}' does not hold"
            + "\nhelp: if you trust that key, add it to the file",
            Refusal(Signer.Ed25519().PublicKeys));
    }

    [Fact]
    public void by_a_key_that_expired_is_refused()
    {
        var late = Signer.WhoseKeyLasts(TimeSpan.FromHours(1));
        Mirror.Write(Path + ".asc", late.Sign(Text));

        Assert.Contains($"its key {late.KeyId:X16} expired on 20", Refusal(late.PublicKeys), StringComparison.Ordinal);
    }

    [Fact]
    public void by_a_key_that_will_expire_is_used()
    {
        var punctual = Signer.WhoseKeyLasts(TimeSpan.FromDays(2));
        Mirror.Write(Path + ".asc", punctual.Sign(Text));

        Assert.Equal(InstallOutcome.Installed, InstallTrusting(punctual.PublicKeys));
    }

    [Fact]
    public void by_a_revoked_key_is_refused()
    {
        var former = Signer.WhoseKeyIsRevoked();
        Mirror.Write(Path + ".asc", former.Sign(Text));

        Assert.Contains($"its key {former.KeyId:X16} was revoked", Refusal(former.PublicKeys), StringComparison.Ordinal);
    }

    [Fact]
    public void by_a_subkey_that_is_not_for_signing_is_refused()
    {
        var somebody = Signer.WithSubkey(isForSigning: false);
        Mirror.Write(Path + ".asc", somebody.Sign(Text));

        Assert.Contains("does not hold", Refusal(somebody.PublicKeys), StringComparison.Ordinal);
    }

    [Fact]
    public void whose_signature_expired_is_refused()
    {
        Mirror.Write(Path + ".asc", signer.SignForASecond(Text));

        Assert.Contains("refused: it expired on 20", Refusal(signer.PublicKeys), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HashAlgorithmTag.Sha1, "SHA-1")]
    [InlineData(HashAlgorithmTag.MD5, "MD5")]
    public void by_way_of_a_broken_hash_is_refused(HashAlgorithmTag hash, string name)
    {
        var rsa = Signer.Rsa();
        Mirror.Write(Path + ".asc", rsa.Sign(Text, hash));

        Assert.Contains($"it uses {name}, which is broken", Refusal(rsa.PublicKeys), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>not here</html>")]
    [InlineData("-----BEGIN PGP SIGNATURE-----\n\nbroken\n-----END PGP SIGNATURE-----\n")]
    public void whose_signature_is_none_is_refused(string content)
    {
        Mirror.Write(Path + ".asc", Encoding.UTF8.GetBytes(content));

        Assert.StartsWith($"the signature '{Server.Url}/{Path}.asc' was refused: it ", Refusal(signer.PublicKeys), StringComparison.Ordinal);
    }

    [Fact]
    public void whose_signature_was_cut_off_anywhere_is_refused()
    {
        var signature = signer.Sign(Text);
        var keys = SigningKeys.Parse(signer.PublicKeys, "keys");
        var document = Encoding.UTF8.GetBytes(Text);

        Assert.All(
            Enumerable.Range(0, signature.Length),
            length => Assert.NotNull(keys.FindFault(document, signature[..length], DateTimeOffset.UtcNow)));
    }

    [Theory]
    [InlineData(0x20)]
    [InlineData(0xff)]
    public void that_was_changed_is_refused_whatever_byte_of_signature_or_keys_was_changed_too(byte change)
    {
        var signature = signer.Sign(Text);
        var document = Encoding.UTF8.GetBytes(Text + "changed");

        Assert.All(ChangeEachByte(signature, change), changed => Assert.NotNull(
            SigningKeys.Parse(signer.PublicKeys, "keys").FindFault(document, changed, DateTimeOffset.UtcNow)));
        Assert.All(ChangeEachByte(signer.PublicKeys, change), changed => Assert.True(IsRefusedWith(changed)));

        bool IsRefusedWith(byte[] keys)
        {
            try
            {
                return SigningKeys.Parse(keys, "keys").FindFault(document, signature, DateTimeOffset.UtcNow) is not null;
            }
            catch (StoreException noKeys)
            {
                return noKeys.Kind == StoreErrorKind.Usage;
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    [InlineData("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nbroken\n-----END PGP PUBLIC KEY BLOCK-----\n")]
    public void is_not_checked_with_a_file_that_holds_no_keys(string keys)
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text));

        Assert.StartsWith($"'{KeysPath}' holds no OpenPGP public keys that are RSA or Ed25519\nhelp: ", Refusal(Encoding.UTF8.GetBytes(keys)), StringComparison.Ordinal);
    }

    [Fact]
    public void is_not_checked_with_keys_that_are_not_there()
    {
        Mirror.Write(Path + ".asc", signer.Sign(Text));

        using var store = OpenTrusting(isRequired: false);
        Assert.StartsWith(
            $"the file of keys '{KeysPath}' is not there\nhelp: ",
            Assert.Throws<StoreException>(() => store.Follow(new FollowRequest { Name = Stable })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void is_checked_also_where_an_older_nightly_is_tried()
    {
        SmallMirror.AdvanceTo(Mirror, 2);
        SmallMirror.AdvanceTo(Mirror, 3);
        const string Older = "dist/2026-01-02/channel-rust-nightly.toml";
        Mirror.Write(Older + ".asc", Signer.Ed25519().Sign("something"));

        Assert.Contains($"{Older}.asc' was refused: ", Refusal(signer.PublicKeys, Nightly), StringComparison.Ordinal);
    }

    [Fact]
    public void is_checked_also_by_a_look_for_updates()
    {
        Install(Stable);
        Mirror.Publish(SmallMirror.Stable(3));
        Mirror.Write(Path + ".asc", Signer.Ed25519().Sign(Text));
        File.WriteAllBytes(KeysPath, signer.PublicKeys);

        using var store = OpenTrusting(isRequired: false);
        Assert.Contains(
            "was refused: ", Assert.Throws<StoreException>(() => store.CheckForUpdate(Stable)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void is_checked_also_if_it_was_fetched_when_nobody_asked_for_signatures()
    {
        Install(Stable);

        Assert.Contains("is not signed", Refusal(signer.PublicKeys, Official("1.91.0"), isRequired: true), StringComparison.Ordinal);
    }

    [Fact]
    public void leaves_alone_what_is_installed_and_up_to_date()
    {
        Install(Stable);
        Server.ForgetRequests();

        Assert.Equal(InstallOutcome.Unchanged, InstallTrusting(signer.PublicKeys, isRequired: true));
        Assert.Equal([$"/{Path}.sha256"], Server.Requests.Select(request => request.Path));
    }

    [Fact]
    public void is_not_asked_for_where_nobody_named_keys()
    {
        Install(Stable);

        Assert.DoesNotContain(Server.Requests, request => request.Path.EndsWith(".asc", StringComparison.Ordinal));
    }

    [Fact]
    public void is_missing_to_a_release_in_one_archive()
    {
        Mirror.Withdraw("dist");
        SmallMirror.AdvanceInOneArchiveTo(Mirror, 1);

        Assert.Equal(
            $"'{Server.Url}/dist/rust-1.91.0-{RustPackages.Host}.tar.gz' is from before there were signed manifests"
            + "\nhelp: unset RUSTUP_STORE_REQUIRE_SIGNATURE to install it all the same",
            Refusal(signer.PublicKeys, Official("1.91.0"), isRequired: true));
        Assert.Equal(InstallOutcome.Installed, InstallTrusting(signer.PublicKeys));
    }

    private static IEnumerable<byte[]> ChangeEachByte(byte[] original, byte change)
    {
        for (var index = 0; index < original.Length; index++)
        {
            byte[] changed = [.. original];
            changed[index] ^= change;
            yield return changed;
        }
    }

    private string KeysPath => System.IO.Path.Combine(Folder("keys"), "keys.asc");

    private InstallOutcome InstallTrusting(byte[] keys, bool isRequired = false) =>
        InstallTrusting(keys, Stable, isRequired);

    private InstallOutcome InstallTrusting(byte[] keys, ToolchainName.Official name, bool isRequired)
    {
        File.WriteAllBytes(KeysPath, keys);
        using var store = OpenTrusting(isRequired);
        return store.Follow(new FollowRequest { Name = name });
    }

    private LocalStore OpenTrusting(bool isRequired) =>
        LocalStore.OpenForWriting(Options() with { Signatures = new SignaturePolicy(KeysPath, isRequired) });

    private string Refusal(byte[] keys, ToolchainName.Official? name = null, bool isRequired = false) =>
        Assert.Throws<StoreException>(() => InstallTrusting(keys, name ?? Stable, isRequired)).Message;
}
