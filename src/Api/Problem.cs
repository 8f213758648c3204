using Microsoft.AspNetCore.WebUtilities;
using Orleans.Workflow.Api.Json;

namespace Orleans.Workflow.Api;

/// <summary>An error as RFC 9457 has it.</summary>
/// <param name="Type">Names the kind of problem.</param>
/// <param name="Title">The kind of problem in words.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What was wrong and how to repair it.</param>
/// <param name="Path">The JSON path, or the name of the parameter, that was wrong.</param>
/// <param name="RejectionId">The id under which the refused request is kept.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string? Path = null,
    Guid? RejectionId = null
)
{
    /// <summary>The media type.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>The request is invalid.</summary>
    public static Problem BadRequest(string detail, string? path = null) =>
        Of(400, "The request is invalid.", detail, path);

    /// <summary>An id in the path can't be read.</summary>
    /// <param name="name">The name of the route's parameter.</param>
    public static Problem BadId(string name) =>
        BadRequest($"The {name} in the path is not percent-encoded UTF-8.", name);

    /// <summary>The path has no single meaning.</summary>
    public static Problem AmbiguousPath() =>
        BadRequest(
            "The path holds a segment '.' or '..', which some programs take out and others do not. Send it without."
        );

    /// <summary>No credential that is valid for the source.</summary>
    public static Problem Unauthorized() =>
        Of(
            401,
            "Not authorised.",
            "Send a credential that is valid for the source: a secret in the path, as a Bearer token, or as the "
                + "password of HTTP Basic."
        );

    /// <summary>The source signs what it sends, and this is not signed.</summary>
    /// <param name="header">The header that is missing.</param>
    public static Problem NotSigned(string header) =>
        Of(401, "Not authorised.", $"The source must sign its notifications: send the header {header}.");

    /// <summary>The signature is not that of the body.</summary>
    /// <param name="header">The header that holds it.</param>
    public static Problem WronglySigned(string header) =>
        Of(
            401,
            "Not authorised.",
            $"The header {header} is not the signature of the body. Sign the bytes of the body as they are sent, with "
                + "the secret, the algorithm and the encoding that the source is configured with."
        );

    /// <summary>The vendor does not confirm that it pushed this.</summary>
    public static Problem NotVerified() =>
        Of(
            403,
            "Not allowed.",
            "The vendor does not confirm that it pushed this, and the source takes only pushes that it confirms."
        );

    /// <summary>A page of another site made a browser send it.</summary>
    public static Problem CrossSite() =>
        Of(
            403,
            "Not allowed.",
            "A page of another site sent this. Send it from a page of this service, or without the headers "
                + "Origin and Sec-Fetch-Site."
        );

    /// <summary>There is no such thing.</summary>
    public static Problem NotFound(string detail) => Of(404, "Not found.", detail);

    /// <summary>There was such a thing, and it is not there any more.</summary>
    public static Problem Gone(string detail, string? path = null) => Of(410, "Gone.", detail, path);

    /// <summary>The body is too large.</summary>
    public static Problem TooLarge(int limit) =>
        Of(413, "The body is too large.", $"A body may have {limit} bytes at most.");

    /// <summary>The body is of another type than can be read.</summary>
    public static Problem UnsupportedMediaType() =>
        Of(
            415,
            "The content type is not supported.",
            "Send the body as application/json, text/json or a type that ends with +json, or without a content type."
        );

    /// <summary>The body is compressed in a way that can't be read.</summary>
    /// <param name="taken">The codings that can be.</param>
    public static Problem UnsupportedCoding(string taken) =>
        Of(
            415,
            "The content coding is not supported.",
            $"The header Content-Encoding may name one of {taken}; or send the body as it is, without the header."
        );

    /// <summary>The route takes another method.</summary>
    public static Problem WrongMethod(string detail) => Of(405, "Method not allowed.", detail);

    /// <summary>A source sends more often than it may.</summary>
    public static Problem TooFast(string source) =>
        TooMany($"The source {source} sends more than it may; its limit is Sources:{source}:RatePerSecond.");

    /// <summary>The answer would take more work than one request is given.</summary>
    public static Problem TooLargeToAnswer(string detail) => Of(422, "Too large to answer.", detail);

    /// <summary>Too much at once.</summary>
    public static Problem TooMany(string detail) => Of(429, "Too many requests.", detail);

    /// <summary>The bodies in flight have too many bytes together.</summary>
    public static Problem TooManyBytes() => TooMany("Too many large bodies are being worked on. Send it again later.");

    /// <summary>Could not be done in time.</summary>
    public static Problem Unavailable() =>
        Of(
            503,
            "Not available.",
            "The storage or the cluster did not answer, or cannot store anything at the moment. "
                + "Nothing was acknowledged; sending it again is always safe."
        );

    /// <summary>The vendor could not be asked whether it pushed this.</summary>
    public static Problem NotVerifiable() =>
        Of(
            503,
            "Not available.",
            "The vendor could not be asked whether it pushed this. "
                + "Nothing was acknowledged; sending it again is always safe."
        );

    /// <summary>What the server itself refuses, or what nobody foresaw.</summary>
    public static Problem OfStatus(int status) =>
        status == 503
            ? Unavailable()
            : Of(
                status,
                ReasonPhrases.GetReasonPhrase(status),
                status switch
                {
                    401 => "Send an API key (in X-Api-Key, as a Bearer token, or as the password of HTTP Basic), "
                        + "or a token of the configured issuer.",
                    403 => "The credential is valid but its role does not allow this: reading needs the role read, "
                        + "what is below /admin the role admin.",
                    408 => "The request came too slowly. Nothing was acknowledged; sending it again is always safe.",
                    404 => "There is no such route; /openapi/v1.json describes those that there are.",
                    405 => "The route does not take this method; /openapi/v1.json describes what it takes.",
                    >= 500 => "Something unforeseen happened, which is in the log. Nothing was acknowledged.",
                    _ => "The request can't be read.",
                }
            );

    /// <summary>Answers with this problem.</summary>
    /// <param name="response">The response.</param>
    /// <param name="retryAfter">When to try again.</param>
    public Task Write(HttpResponse response, TimeSpan? retryAfter = null)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.StatusCode = Status;
        if (retryAfter is { } after)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)).ToString();

        return response.WriteAsJsonAsync(this, ApiJson.Default.Problem, ContentType);
    }

    private static Problem Of(int status, string title, string detail, string? path = null) =>
        new("about:blank", title, status, detail, path);
}
