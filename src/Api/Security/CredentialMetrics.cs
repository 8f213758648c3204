using System.Diagnostics.Metrics;
using Orleans.Workflow.Api.Security.Access;
using Orleans.Workflow.Grains.Telemetry;

namespace Orleans.Workflow.Api.Security;

/// <summary>
/// Shows the use of credentials as metrics. They are read from the counts that are kept anyway, when somebody collects
/// them: a request pays nothing for them.
/// </summary>
internal static class CredentialMetrics
{
    private const string SourceTag = "workflow.source";

    /// <summary>Registers the metrics.</summary>
    public static void UseCredentialMetrics(this WebApplication app)
    {
        var sources = app.Services.GetRequiredService<Sources>();
        var keys = app.Services.GetRequiredService<AccessKeys>();
        var meter = app.Services.GetRequiredService<IMeterFactory>().Create(WorkflowTelemetry.Name);
        meter.CreateObservableCounter(
            "workflow.source.credential_uses",
            () => sources.All.SelectMany(static source => source.Uses).Select(static use => Of(use, SourceTag)),
            "{use}",
            "How often the credential of a source was accepted."
        );
        meter.CreateObservableCounter(
            "workflow.source.refusals",
            () =>
                sources.All.Select(static source => new Measurement<long>(
                    source.Refused,
                    new KeyValuePair<string, object?>(SourceTag, source.Name)
                )),
            "{request}",
            "How many requests in the name of a source were refused for their credentials."
        );
        meter.CreateObservableCounter(
            "workflow.key.credential_uses",
            () => keys.All.SelectMany(static key => key.Uses).Select(static use => Of(use, "workflow.key")),
            "{use}",
            "How often the secret of an API key was accepted."
        );
    }

    private static Measurement<long> Of(CredentialUse use, string owner) =>
        new(
            use.Count,
            new KeyValuePair<string, object?>(owner, use.Owner),
            new KeyValuePair<string, object?>("workflow.credential", use.Credential),
            new KeyValuePair<string, object?>("workflow.credential.kind", use.KindWord)
        );
}
