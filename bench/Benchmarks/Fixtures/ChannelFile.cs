using System.Security.Cryptography;
using System.Text;

namespace ToolchainStore.Benchmarks.Fixtures;

/// <summary>A channel manifest with its digest beside it, as a distribution server has it.</summary>
internal static class ChannelFile
{
    internal static void Write(string folder, string channel, string text)
    {
        var name = $"channel-rust-{channel}.toml";
        File.WriteAllText(Path.Combine(folder, name), text);
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        File.WriteAllText(Path.Combine(folder, $"{name}.sha256"), $"{digest}  {name}\n");
    }
}
