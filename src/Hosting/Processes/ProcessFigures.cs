using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Hosting.Processes;

/// <summary>What a process measures and others show. What it has no part in is null.</summary>
/// <param name="Commits">Of a silo: what becomes of its commits.</param>
/// <param name="Answers">Of an Api: how it answered notifications lately.</param>
/// <param name="Feed">Of an Api: its streams.</param>
public sealed record ProcessFigures(CommitFigures? Commits, AnswerFigures? Answers, FeedFigures? Feed)
{
    /// <summary>Of a process that says nothing that is understood here, such as one of another version.</summary>
    public static readonly ProcessFigures None = new(null, null, null);

    /// <summary>Writes them as JSON.</summary>
    public string Write() => JsonSerializer.Serialize(this, FiguresJson.Default.ProcessFigures);

    /// <summary>Reads what a process of any version wrote.</summary>
    public static ProcessFigures Read(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, FiguresJson.Default.ProcessFigures) ?? None;
        }
        catch (JsonException)
        {
            return None;
        }
    }
}

/// <summary>The commits of a silo.</summary>
/// <param name="FailingSince">Since when they fail; null while they go through.</param>
/// <param name="Reason">Why they fail, without secrets.</param>
/// <param name="Waiting">How many writes wait.</param>
/// <param name="MaxWaiting">How many may.</param>
public sealed record CommitFigures(DateTimeOffset? FailingSince, string? Reason, int Waiting, int MaxWaiting);

/// <summary>How an Api answered notifications within <see cref="RecentAnswers.Window"/>.</summary>
/// <param name="Accepted">How many it acknowledged.</param>
/// <param name="ClientErrors">How many it answered 4xx.</param>
/// <param name="ServerErrors">How many it answered 5xx.</param>
/// <param name="Latencies">How many acknowledgements took how long, by the number of the bucket; empty ones are left
/// out. See <see cref="Latency"/>.</param>
public sealed record AnswerFigures(
    long Accepted,
    long ClientErrors,
    long ServerErrors,
    ImmutableSortedDictionary<int, long> Latencies
);

/// <summary>The streams of an Api.</summary>
/// <param name="Readers">How many are open.</param>
/// <param name="LagSeconds">For how long they may lack what is stored already.</param>
public sealed record FeedFigures(int Readers, double LagSeconds);

/// <summary>JSON in the column <c>figures</c>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(ProcessFigures))]
internal sealed partial class FiguresJson : JsonSerializerContext;
