using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ToolchainStore.Tests.Support;

/// <summary>A certificate authority of our own; programs trust it when SSL_CERT_FILE names its file.</summary>
public sealed class TestCertificateAuthority : IDisposable
{
    private static readonly DateTimeOffset yesterday = DateTimeOffset.UtcNow.AddDays(-1);

    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 root;

    public TestCertificateAuthority(string name = "toolchain store test authority")
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        root = request.CreateSelfSigned(yesterday.AddYears(-1), yesterday.AddYears(5));
    }

    public void WriteTo(string path) => File.WriteAllText(path, root.ExportCertificatePem());

    public X509Certificate2 IssueFor(string host) => Issue(host, yesterday, yesterday.AddYears(1));

    public X509Certificate2 IssueExpired(string host) => Issue(host, yesterday.AddMonths(-6), yesterday);

    public void Dispose()
    {
        root.Dispose();
        key.Dispose();
    }

    private X509Certificate2 Issue(string host, DateTimeOffset from, DateTimeOffset to)
    {
        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(root, from, to, RandomNumberGenerator.GetBytes(8));
        using var withKey = issued.CopyWithPrivateKey(serverKey);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
