using ToolchainStore.Tests.Simulation.Enumeration;
using ToolchainStore.Toolchains;

namespace ToolchainStore.Tests.Simulation;

/// <summary>Counted in operations on files, locks and transactions, from opening the store to closing it.</summary>
public sealed class The_cost_of_an_operation
{
    private const int ManyNames = 100;

    // After another program was in toolchains/, its links are looked at once, all of them.
    private static readonly string[] afterAnotherProgram = ["uninstall of somebody else's link", "adopt", "adopt of an image's layer"];

    // Whoever asks for it wants every name looked at.
    private const string Repair = "repair";

    private static readonly Dictionary<string, Action<LocalStore>> questions = new()
    {
        ["which toolchain is active"] = static store => store.Select("/project", plusToolchain: null, environmentToolchain: null),
        ["where a toolchain is"] = static store => store.Catalog.Find(EnumeratedOperation.Nightly),
        ["what toolchains there are"] = static store => store.Catalog.List(),
        ["what components there are"] = static store => store.ReadComponents(EnumeratedOperation.Nightly),
        ["what overrides there are"] = static store => store.ListOverrides(),
        ["what the default is"] = static store => store.ReadSettings(),
        ["whether there is an update"] = static store => store.CheckForUpdate(EnumeratedOperation.Nightly),
    };

    /// <summary>Those that begin with nothing have nothing beside them.</summary>
    public static TheoryData<string> Operations =>
    [
        .. EnumeratedOperation.All.Where(operation => !operation.IsFirst).Select(operation => operation.Name)
            .Except(afterAnotherProgram).Except([Repair]),
    ];

    public static TheoryData<string> Questions => [.. questions.Keys];

    [Theory]
    [MemberData(nameof(Operations))]
    public void does_not_grow_with_what_is_installed_beside_it(string name)
    {
        var operation = EnumeratedOperation.All.Single(operation => operation.Name == name);

        Assert.Equal(Enumerator.CountEffects(operation, otherNames: 1), Enumerator.CountEffects(operation, ManyNames));
    }

    /// <summary>It verifies, and brings all links in line, whether they are stale or not.</summary>
    [Fact]
    public void of_repairing_grows_less_than_that_of_verifying_twice()
    {
        var operation = EnumeratedOperation.All.Single(operation => operation.Name == Repair);
        var ofVerifying = CountGrowth(names => Enumerator.CountObservations(static store => store.Verify(readsContents: true), names));

        Assert.InRange(CountGrowth(names => Enumerator.CountEffects(operation, names)), ofVerifying, 2 * ofVerifying);

        static int CountGrowth(Func<int, int> count) => count(ManyNames) - count(1);
    }

    [Theory]
    [MemberData(nameof(Questions))]
    public void that_only_asks_does_not_either(string question)
    {
        var ask = questions[question];

        var count = Enumerator.CountObservations(ask, otherNames: 1);

        Assert.True(count > 0);
        Assert.Equal(count, Enumerator.CountObservations(ask, ManyNames));
    }
}
