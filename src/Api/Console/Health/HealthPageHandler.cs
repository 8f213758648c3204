using Orleans.Workflow.Hosting.Processes;

namespace Orleans.Workflow.Api.Console.Health;

/// <summary>Reads what is known of the processes, and the incidents. Answers also while the database is away.</summary>
internal sealed class HealthPageHandler(ServiceStatus service, IncidentLog incidents)
{
    private const int Shown = 50;

    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context) =>
        ConsolePage.Show<HealthPage, HealthModel>(async () =>
        {
            var (items, isKnown) = await incidents.Get(context.RequestAborted);
            return new HealthModel(service.Now(), [.. items.Take(Shown)], isKnown);
        });
}
