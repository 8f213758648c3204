using Orleans.Workflow.Testing.Vendors;

namespace Orleans.Workflow.Vendor.Tests;

/// <summary>A call that must not be repeated, while the vendor is unavailable.</summary>
// A class of its own, so that it waits beside the others.
public sealed class SingleCallTests
{
    public static TheoryData<string> Names => Unavailability.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Creating_uploading_and_sending_is_tried_once(string name)
    {
        await using var api = await ClientFixture.StartAsync(timeout: Unavailability.TimeoutOf(name));
        await api.Verify();
        (string Path, Func<Task> Call)[] calls =
        [
            (VendorServer.Create, () => api.Client.CreateWorkflow(Samples.Workflow, Token)),
            (VendorServer.Upload, () => api.Client.UploadDetails(Samples.Details, Token)),
            (VendorServer.Sms, () => api.Client.SendSms(Samples.Sms, Token)),
        ];
        foreach (var (path, call) in calls.Where(one => name != "code 500" || one.Path != VendorServer.Sms))
        {
            api.Server.Misbehave(path, Unavailability.Kinds[name]);

            (await ClientFixture.FailureOf(call)).Failure.ShouldBe(VendorFailure.Unavailable, path);

            api.Server.Count(path).ShouldBe(1, path);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
