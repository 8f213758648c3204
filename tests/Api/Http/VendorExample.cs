namespace Orleans.Workflow.Api.Tests.Http;

/// <summary>The vendor's own example of a Workflow Status Change notification.</summary>
internal static class VendorExample
{
    public const string WorkflowId = "ea1cb50d19******b3c257bb6a0935b5";
    public const string SmsNode = "dc9d08ce1f0******b2829274acf";

    public static byte[] Body { get; } = Read();

    private static byte[] Read()
    {
        using var resource = typeof(VendorExample)
            .Assembly.GetManifestResourceStream("status-change.example.json")
            .ShouldNotBeNull();
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
