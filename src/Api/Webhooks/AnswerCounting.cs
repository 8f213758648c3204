using System.Diagnostics;
using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Api.Webhooks;

/// <summary>Routes whose answers are counted for the console and for incidents.</summary>
internal static class AnswerCounting
{
    /// <summary>Counts the answers of these routes, whatever gives them.</summary>
    public static TBuilder CountAnswers<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder
    {
        routes.Finally(static endpoint =>
        {
            var answers = endpoint.ApplicationServices.GetRequiredService<RecentAnswers>();
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => Count(context, answer, answers);
        });
        return routes;
    }

    private static async Task Count(HttpContext context, RequestDelegate answer, RecentAnswers answers)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await answer(context);
        }
        catch (Exception exception)
        {
            // A client that has gone gets no answer.
            if (!context.RequestAborted.IsCancellationRequested)
                answers.Count(StatusOf(exception), Stopwatch.GetElapsedTime(start));

            throw;
        }

        answers.Count(context.Response.StatusCode, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The status that the error handler answers with.</summary>
    private static int StatusOf(Exception exception) =>
        exception is BadHttpRequestException bad ? bad.StatusCode
        : Unavailability.Is(exception) ? StatusCodes.Status503ServiceUnavailable
        : StatusCodes.Status500InternalServerError;
}
