namespace Orleans.Workflow.Fuzz.Tests.Requests;

/// <summary>How a request must be answered.</summary>
public enum Expected
{
    /// <summary>It is acknowledged with 200 and is in the state.</summary>
    Accepted,

    /// <summary>It is answered 4xx with a problem that says why.</summary>
    Refused,

    /// <summary>It asks for something: it is answered, and if not 2xx or 3xx then with a problem.</summary>
    Answered,

    /// <summary>It is not HTTP, or it breaks off: any answer but 5xx.</summary>
    Survived,
}

/// <summary>A request as bytes.</summary>
/// <param name="Kind">The kind of error in it, for the report.</param>
/// <param name="Bytes">What goes over the wire.</param>
/// <param name="Body">The body of a notification without its framing; null if it is none.</param>
/// <param name="Expected">How it must be answered.</param>
/// <param name="IsHead">Whether its answer has no body, also if its headers give a length.</param>
public sealed record FuzzRequest(string Kind, byte[] Bytes, byte[]? Body, Expected Expected, bool IsHead = false);
