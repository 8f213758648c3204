namespace Orleans.Workflow.Vendor;

/// <summary>Why a call of the vendor's API failed.</summary>
public enum VendorFailure
{
    /// <summary>
    /// No answer came in time, or the vendor says that it cannot answer now. Whether it did what it was asked for is
    /// not known.
    /// </summary>
    Unavailable,

    /// <summary>The application's key and secret, or a token that was just made, are refused.</summary>
    Unauthorized,

    /// <summary>The vendor answers with a code, or an HTTP status, that is not the one of success.</summary>
    Refused,

    /// <summary>The answer is not the JSON that the vendor documents.</summary>
    Unreadable,
}

/// <summary>
/// A call of the vendor's API failed. The message has nothing that was sent or received but codes, so that it may be
/// logged.
/// </summary>
public sealed class VendorException : Exception
{
    /// <summary>Says that a call failed.</summary>
    public VendorException()
        : this("A call of the vendor's API failed.") { }

    /// <summary>Says what failed.</summary>
    public VendorException(string message)
        : base(message) { }

    /// <summary>Says what failed, with what caused it.</summary>
    public VendorException(string message, Exception innerException)
        : base(message, innerException) { }

    /// <summary>Why it failed.</summary>
    public VendorFailure Failure { get; init; }

    /// <summary>The path of the call that failed, which may be the one for a token; null if it is not known.</summary>
    public string? Path { get; init; }

    /// <summary>The HTTP status of the answer; null if there was none.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The code in the answer; null if there was none.</summary>
    public int? Code { get; init; }

    /// <summary>What the vendor says about it; it may hold what was sent, so it belongs into no log.</summary>
    public string? VendorMessage { get; init; }

    internal static VendorException NoAnswer(string path, Exception cause) =>
        new($"{path}: the vendor did not answer.", cause) { Failure = VendorFailure.Unavailable, Path = path };

    internal static VendorException TooLong(string path, Exception cause) =>
        new($"{path}: the answer has more than {VendorConnection.MaxAnswerBytes} bytes.", cause)
        {
            Failure = VendorFailure.Unreadable,
            Path = path,
        };

    internal static VendorException NotInTime(string path, TimeSpan timeout) =>
        new($"{path}: the vendor did not answer within {timeout.TotalSeconds:0.###} seconds.")
        {
            Failure = VendorFailure.Unavailable,
            Path = path,
        };

    internal static VendorException Of(VendorFailure failure, string path, int httpStatus, VendorResponse? answer) =>
        new($"{path}: {Meaning(failure)} (HTTP {httpStatus}, code {answer?.Code.ToString() ?? "none"}).")
        {
            Failure = failure,
            Path = path,
            HttpStatus = httpStatus,
            Code = answer?.Code,
            VendorMessage = answer?.Message,
        };

    private static string Meaning(VendorFailure failure) =>
        failure switch
        {
            VendorFailure.Unavailable => "the vendor cannot answer now",
            VendorFailure.Unauthorized => "the vendor refuses the credentials",
            VendorFailure.Refused => "the vendor refuses the request",
            _ => "the answer is not what the vendor documents",
        };
}
