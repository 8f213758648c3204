using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Replays;

namespace Orleans.Workflow.Api.Queries;

/// <summary>Answers queries.</summary>
internal static class ProblemResults
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Answers with JSON, whole and with its length: what is answered is in memory anyway, and pieces cost more.
    /// </summary>
    public static Task WriteJson<T>(this HttpResponse response, T answer, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(answer, type);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = json.Length;
        return response.Body.WriteAsync(json).AsTask();
    }

    /// <summary>Runs a query; what stops it is answered as a problem.</summary>
    public static async Task Handle(HttpContext context, QueryParameters parameters, Func<Task> query)
    {
        if (parameters.Error is { } error)
        {
            await error.Write(context.Response);
            return;
        }

        try
        {
            await query();
        }
        catch (WorkflowBusyException exception) when (!context.Response.HasStarted)
        {
            await Problem.TooMany(exception.Message).Write(context.Response, RetryAfter);
        }
        catch (WorkflowDeletedException) when (!context.Response.HasStarted)
        {
            await Problem.Gone(TrimmedResponses.Workflow).Write(context.Response);
        }
        catch (ReplayTooLongException exception) when (!context.Response.HasStarted)
        {
            await Problem.TooLargeToAnswer(exception.Message).Write(context.Response);
        }
        catch (Exception exception) when (Unavailability.Is(exception) && !context.Response.HasStarted)
        {
            await Problem.Unavailable().Write(context.Response, RetryAfter);
        }
    }
}
