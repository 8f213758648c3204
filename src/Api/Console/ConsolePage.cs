using System.Data.Common;
using Microsoft.AspNetCore.Http.HttpResults;
using Orleans.Workflow.Api.Console.Parts;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Replays;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// Answers with pages: everything is read first, then shown, so that a failure can still be shown on a page of its own.
/// </summary>
internal static class ConsolePage
{
    /// <summary>Reads what a page shows, and shows it.</summary>
    /// <typeparam name="TPage">The page; it has one parameter, <c>Model</c>.</typeparam>
    /// <typeparam name="TModel">What it shows.</typeparam>
    /// <param name="read">Reads it; null if there is no such thing.</param>
    /// <param name="missing">What is missing then.</param>
    public static Task<IResult> Show<TPage, TModel>(Func<Task<TModel?>> read, string missing = "There is no such page.")
        where TPage : Microsoft.AspNetCore.Components.IComponent
        where TModel : class => Show<TPage, TModel>(read, () => Task.FromResult(NotFound(missing)));

    /// <summary>Reads what a page shows, and shows it.</summary>
    /// <typeparam name="TPage">The page; it has one parameter, <c>Model</c>.</typeparam>
    /// <typeparam name="TModel">What it shows.</typeparam>
    /// <param name="read">Reads it; null if there is no such thing.</param>
    /// <param name="missing">Says what is missing then.</param>
    public static Task<IResult> Show<TPage, TModel>(Func<Task<TModel?>> read, Func<Task<IResult>> missing)
        where TPage : Microsoft.AspNetCore.Components.IComponent
        where TModel : class =>
        Guard(async () =>
            await read() is { } model
                ? new RazorComponentResult<TPage>(new Dictionary<string, object?> { ["Model"] = model })
                : await missing()
        );

    /// <summary>Answers with a page of its own if the answer can't be made.</summary>
    public static async Task<IResult> Guard(Func<Task<IResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (WorkflowDeletedException)
        {
            return Gone(TrimmedResponses.Workflow);
        }
        catch (ReplayTooLongException exception)
        {
            return Fault(422, "Too large to show", exception.Message);
        }
        catch (Exception exception)
            when (exception is GrainsUnavailableException or WorkflowBusyException or DbException or TimeoutException)
        {
            return Fault(
                503,
                "Not available",
                "Nothing is lost.",
                fault: "The database or the cluster does not answer."
            );
        }
    }

    /// <summary>Reads a form; empty if something else was sent.</summary>
    public static async Task<IFormCollection> ReadForm(HttpContext context) =>
        context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(context.RequestAborted)
            : FormCollection.Empty;

    /// <summary>A page that says what is missing.</summary>
    /// <param name="missing">What is missing.</param>
    /// <param name="events">The events after which it may be there.</param>
    public static IResult NotFound(string missing, string? events = null) => Fault(404, "Not found", missing, events);

    /// <summary>A page that says what was there once.</summary>
    public static IResult Gone(string removed) => Fault(410, "Removed", removed);

    /// <summary>A page that says which parameter is invalid.</summary>
    public static IResult BadRequest(Problem problem) => Fault(400, "The address is invalid", problem.Detail);

    private static RazorComponentResult<FaultPage> Fault(
        int status,
        string title,
        string detail,
        string? events = null,
        string? fault = null
    ) =>
        new(
            new Dictionary<string, object?>
            {
                [nameof(FaultPage.Title)] = title,
                [nameof(FaultPage.Detail)] = detail,
                [nameof(FaultPage.Events)] = events,
                [nameof(FaultPage.Fault)] = fault,
            }
        )
        {
            StatusCode = status,
        };
}
