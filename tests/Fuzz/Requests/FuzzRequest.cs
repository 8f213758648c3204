namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>What must come of a request.</summary>
public enum Expected
{
    /// <summary>It is acknowledged with 200 and is in the state.</summary>
    Accepted,

    /// <summary>It is answered 4xx with a problem that says why.</summary>
    Refused,

    /// <summary>It asks for something: it is answered, and if not 2xx or 3xx then with a problem.</summary>
    Answered,

    /// <summary>It is no HTTP, or breaks off: whatever comes is not 5xx.</summary>
    Survived,
}

/// <summary>A request as bytes.</summary>
/// <param name="Kind">What kind of oddity it is, for the report.</param>
/// <param name="Bytes">What goes over the wire.</param>
/// <param name="Body">The body of a notification without its framing; null if it is none.</param>
/// <param name="Expected">What must come of it.</param>
/// <param name="IsHead">Whether its answer has no body whatever its headers say.</param>
public sealed record FuzzRequest(string Kind, byte[] Bytes, byte[]? Body, Expected Expected, bool IsHead = false);
