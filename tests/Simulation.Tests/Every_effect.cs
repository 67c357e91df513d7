using ToolchainStore.Tests.Simulation.Enumeration;

namespace ToolchainStore.Tests.Simulation;

/// <summary>
/// Each operation with its effects killed, torn and refused. Here every few of the many; `simulation enumeration` does
/// all of them.
/// </summary>
public sealed class Every_effect
{
    private const int FewEffects = 40;
    private const int StrideOfMany = 11;

    public static TheoryData<string> Operations => [.. EnumeratedOperation.All.Select(operation => operation.Name)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void of_an_operation_leaves_the_state_before_or_after_and_a_retry_gets_there(string name)
    {
        var operation = EnumeratedOperation.All.Single(operation => operation.Name == name);
        var stride = Enumerator.ListEffects(operation).Count > FewEffects / 2 ? StrideOfMany : 1;
        using var enumerator = new Enumerator(operation, new EnumerationScope { Stride = stride });

        var result = enumerator.Run();

        Assert.Empty(result.Violations);
        Assert.True(result.FaultCount > 0 && result.PowerLossCount > 0);
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void of_an_operation_is_in_the_committed_list(string name)
    {
        var operation = EnumeratedOperation.All.Single(operation => operation.Name == name);

        Assert.Equal(CommittedEffects.Read()[name], Enumerator.ListEffects(operation));
    }
}
