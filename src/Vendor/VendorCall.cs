namespace Orleans.Workflow.Vendor;

/// <summary>A call of the vendor's API.</summary>
/// <param name="Path">Its path.</param>
/// <param name="SuccessCode">The code of an answer that says that it was done.</param>
/// <param name="IsRepeatable">Whether it may be made again when its outcome is not known.</param>
internal sealed record VendorCall(string Path, int SuccessCode, bool IsRepeatable)
{
    // The vendor has two systems of codes: 200 is success below /service/cloud, 0 is success of an SMS.
    private const int CloudSuccess = 200;
    private const int SmsSuccess = 0;

    public static readonly VendorCall Authenticate = Cloud("auth", isRepeatable: true);
    public static readonly VendorCall VerifyPush = Cloud("workflow/apinoticeinfo", isRepeatable: true);
    public static readonly VendorCall CreateWorkflow = Cloud("workflow/createinstance", isRepeatable: false);
    public static readonly VendorCall UploadDetails = Cloud("workflow/uploaddetails", isRepeatable: false);
    public static readonly VendorCall FindWorkflows = Cloud("workflow/detailinstances", isRepeatable: true);
    public static readonly VendorCall GetTaskDetails = Cloud("workflow/taskdetail", isRepeatable: true);
    public static readonly VendorCall SendSms = new("/service/sms/message/v2/send", SmsSuccess, IsRepeatable: false);

    /// <summary>Why an answer is none of success; null if it is one.</summary>
    /// <param name="httpStatus">The HTTP status.</param>
    /// <param name="answer">The body; null if it is not what the vendor documents.</param>
    public VendorFailure? FailureOf(int httpStatus, VendorResponse? answer)
    {
        var isCloud = SuccessCode == CloudSuccess;
        return httpStatus == 401 || (isCloud && answer?.Code == 401) ? VendorFailure.Unauthorized
            : httpStatus is 408 or 429 or >= 500 || (isCloud && answer?.Code is >= 500 and < 600)
                ? VendorFailure.Unavailable
            : httpStatus is < 200 or > 299 ? VendorFailure.Refused
            : answer is null ? VendorFailure.Unreadable
            : answer.Code == SuccessCode ? null
            : VendorFailure.Refused;
    }

    private static VendorCall Cloud(string path, bool isRepeatable) =>
        new($"/service/cloud/{path}", CloudSuccess, isRepeatable);
}
