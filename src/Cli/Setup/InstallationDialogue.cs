using ToolchainStore.Cli.Output;
using ToolchainStore.Distribution;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Cli.Setup;

/// <summary>Shows what will be installed, and lets a person change it or leave.</summary>
internal sealed class InstallationDialogue(TextWriter output, UserHomes homes, string detectedHost)
{
    /// <summary>What was agreed upon; null if nothing shall be installed.</summary>
    /// <param name="request">What the command line says.</param>
    /// <param name="profiles">What a change of PATH would change.</param>
    internal InstallationRequest? Run(InstallationRequest request, IReadOnlyList<string> profiles)
    {
        output.WriteLine(Prose.Wrap(InstallationTexts.Welcome(homes, request.ModifiesPath ? profiles : null)));
        for (var wanted = request; ; wanted = Customize(wanted))
        {
            output.WriteLine(InstallationTexts.Options(wanted, detectedHost));
            switch (Choose(ReferenceEquals(wanted, request) ? "standard installation" : "selected options"))
            {
                case "" or "1":
                    return wanted;
                case "2":
                    continue;
                default:
                    return null;
            }
        }
    }

    private string Choose(string whatToProceedWith)
    {
        output.WriteLine($"1) Proceed with {whatToProceedWith} (default - just press enter)");
        output.WriteLine("2) Customize installation");
        output.WriteLine("3) Cancel installation");
        output.Write(">");
        var answer = Prompt.ReadAnswer(output);
        output.WriteLine();
        return answer;
    }

    /// <summary>Each answer that is wrong ends the installation, which has changed nothing yet.</summary>
    private InstallationRequest Customize(InstallationRequest request)
    {
        output.WriteLine("I'm going to ask you the value of each of these installation options.");
        output.WriteLine("You may simply press the Enter key to leave unchanged.");
        output.WriteLine();
        var host = Prompt.AskText(output, "Default host triple?", request.DefaultHost ?? detectedHost);
        var toolchain = Prompt.AskText(
            output, "Default toolchain? (stable/beta/nightly/none)", request.DefaultToolchain ?? "stable").TrimEnd('/');
        RequestedToolchain.ParseOfficialOrNone(toolchain);
        var profile = Expand(Prompt.AskText(
            output, $"Profile (which tools and data to install)? ({string.Join('/', ProfileText.All)})", request.Profile));
        ProfileText.Parse(profile);
        var modifiesPath = Prompt.AskYesOrNo(output, "Modify PATH variable?", request.ModifiesPath);
        output.WriteLine();
        return request with
        {
            DefaultHost = host,
            DefaultToolchain = toolchain,
            Profile = profile,
            ModifiesPath = modifiesPath,
        };
    }

    /// <summary>A profile's first letter stands for it.</summary>
    private static string Expand(string answer) =>
        answer.Length == 1 ? ProfileText.All.FirstOrDefault(profile => profile.StartsWith(answer, StringComparison.Ordinal)) ?? answer : answer;
}
