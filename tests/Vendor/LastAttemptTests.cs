using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>A vendor that stays unavailable.</summary>
// A class of its own, so that it waits beside the others.
public sealed class LastAttemptTests
{
    public static TheoryData<string> Names => Unavailability.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_stays_unavailable_fails_after_the_configured_attempts(string name)
    {
        await using var api = await ClientFixture.StartAsync(timeout: Unavailability.TimeoutOf(name));
        var before = await api.FirstVerify();
        api.Server.Misbehave(VendorServer.Verify, Enumerable.Repeat(Unavailability.Kinds[name], 10));

        (await ClientFixture.FailureOf(api.Verify)).Failure.ShouldBe(VendorFailure.Unavailable);

        api.Server.Count(VendorServer.Verify).ShouldBe(before + 3);
    }
}
