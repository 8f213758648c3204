using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Refused;

/// <summary>A page of refused requests.</summary>
/// <param name="Items">The requests, the latest first.</param>
/// <param name="Next">The address of the next page; null if there is none.</param>
/// <param name="IsFirst">Whether it is the first page.</param>
public sealed record RefusedModel(IReadOnlyList<RejectedRequest> Items, string? Next, bool IsFirst)
{
    /// <summary>Why the body of a refused request is not kept.</summary>
    public static string WhyNoBody(RejectedRequest request) =>
        request switch
        {
            { Source: null } => "The sender had no valid credential; bodies of strangers are not kept.",
            { StatusCode: 408 } => "It did not arrive whole in time.",
            { StatusCode: 413 } => "It is over the limit on bodies (Webhooks:MaxBodyBytes).",
            { StatusCode: 404 or 405 } =>
                "It came without a body, or its body was over the limit or did not arrive whole.",
            _ => "It did not arrive whole, or later ones took its place (Retention:Rejected:MaxBytes).",
        };
}
