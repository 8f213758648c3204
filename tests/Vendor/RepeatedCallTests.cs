using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>A call that may be repeated, while the vendor is unavailable for a while.</summary>
// A class of its own, so that it waits beside the others.
public sealed class RepeatedCallTests
{
    public static TheoryData<string> Names => Unavailability.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_may_be_repeated_is_repeated_while_the_vendor_is_not_available(string name)
    {
        await using var api = await ClientFixture.StartAsync(timeout: Unavailability.TimeoutOf(name));
        var before = await api.FirstVerify();
        api.Server.Misbehave(VendorServer.Verify, Unavailability.Kinds[name], Unavailability.Kinds[name]);
        api.Server.Misbehave(VendorServer.Find, Unavailability.Kinds[name]);
        api.Server.Misbehave(VendorServer.TaskDetail, Unavailability.Kinds[name]);

        (await api.Verify()).ShouldBeTrue();
        await api.Client.FindWorkflows(Samples.Query, Token);
        await api.Client.GetTaskDetails(new TaskDetailsRequest(), Token);

        api.Server.Count(VendorServer.Verify).ShouldBe(before + 3);
        api.Server.Count(VendorServer.Find).ShouldBe(2);
        api.Server.Count(VendorServer.TaskDetail).ShouldBe(2);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
