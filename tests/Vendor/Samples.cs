namespace Orleans.Workflow.Vendor.Tests;

/// <summary>Requests that are right.</summary>
internal static class Samples
{
    public static CreateWorkflowRequest Workflow { get; } =
        new()
        {
            WorkflowTemplateId = 1,
            Name = "N",
            EndTime = "2026-01-31 18:00:00+08:00",
        };

    public static UploadDetailsRequest Details { get; } =
        new() { WorkflowId = "w", Details = [new WorkflowDetail { Callee = ClientFixture.Push.Callee }] };

    public static SendSmsRequest Sms { get; } =
        new()
        {
            To = [ClientFixture.Push.Callee],
            Message = "m",
            From = "f",
        };

    public static FindWorkflowsRequest Query { get; } =
        new()
        {
            Callee = ClientFixture.Push.Callee,
            StartTime = "s",
            EndTime = "e",
        };
}
