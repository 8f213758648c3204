using System.Text;
using System.Text.Json;
using Orleans.Workflow.Api.Tests.Hosting;
using Orleans.Workflow.Api.Tests.Http;
using Orleans.Workflow.Testing.Telemetry;

namespace Orleans.Workflow.Api.Tests.Telemetry;

/// <summary>The secret in the path of a webhook reaches no trace, no metric and no log line.</summary>
public sealed class SecretTests
{
    private const string Secret = "a-secret-that-nobody-may-see-0123456789";
    private const string WrongSecret = "a-wrong-one-that-may-be-a-misspelt-secret";

    [Fact]
    public async Task No_trace_no_metric_and_no_log_line_holds_the_secret_of_a_path()
    {
        await using var receiver = new OtlpReceiver();
        using var database = new SqliteFile();
        await using (
            var api = await ApiProcess.StartAsync(
                database,
                [
                    .. receiver.Settings,
                    // Instead of once a minute.
                    "--OTEL_METRIC_EXPORT_INTERVAL=1000",
                    "--Telemetry:LogFormat=json",
                    $"--Sources:airudder:Secrets:0={Secret}",
                    "--Logging:LogLevel:Microsoft.AspNetCore=Information",
                ]
            )
        )
        {
            (await api.Client.PostAsync(VendorExample.Body, $"/webhooks/airudder/{Secret}/workflow-status")).Expect(
                200
            );
            (await api.Client.PostAsync("{}"u8.ToArray(), $"/webhooks/airudder/{Secret}/workflow-status")).Expect(400);
            (
                await api.Client.PostAsync(VendorExample.Body, $"/webhooks/airudder/{WrongSecret}/workflow-status")
            ).Expect(401);
            (await api.Client.GetAsync($"/webhooks/airudder/{Secret}/workflow-status")).Expect(405);
            (await api.Client.GetAsync($"/webhooks/airudder/{Secret}/no-such-route")).Expect(404);
            await Until.Async(
                "spans, metrics and logs have arrived",
                () =>
                    Task.FromResult(
                        (
                            Spans: receiver.Spans.Count(static span => span.Scope == "Microsoft.AspNetCore"),
                            receiver.MetricDeliveries,
                            Logs: Lines(receiver).Count
                        )
                    ),
                static received => received is { Spans: >= 5, MetricDeliveries: >= 1, Logs: >= 3 }
            );

            ShouldHoldNoSecret((await api.Client.GetAsync("/metrics")).Expect(200).Text);
            ShouldHoldNoSecret(api.Output.ToString());
            ShouldShowTheTrace(api.Output.Lines, receiver);
        }

        foreach (var body in receiver.Bodies)
            ShouldHoldNoSecret(Encoding.Latin1.GetString(body));

        receiver.Spans.ShouldContain(static span =>
            span.Attributes.GetValueOrDefault("http.route") == "/webhooks/{source}/{secret}/workflow-status"
        );
    }

    /// <summary>The lines of the framework that are written while a webhook is answered.</summary>
    private static List<ReceivedLog> Lines(OtlpReceiver receiver) =>
        [.. receiver.Logs.Where(static log => log.Text.Contains("{secret}", StringComparison.Ordinal))];

    /// <summary>
    /// Each line on the console is a JSON object, and those of a request name its trace, like those that were exported.
    /// </summary>
    private static void ShouldShowTheTrace(IEnumerable<string> console, OtlpReceiver receiver)
    {
        var traces = receiver.Spans.Select(static span => span.TraceId).ToHashSet();
        Lines(receiver).ShouldAllBe(log => traces.Contains(log.TraceId));
        var lines = console.Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        var ofRequests = lines
            .Where(static line => line.Word("Message")!.Contains("{secret}", StringComparison.Ordinal))
            .ToList();
        ofRequests.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var line in ofRequests)
        {
            var trace = line.Items("Scopes")
                .Select(static scope => scope.TryGetProperty("TraceId", out var id) ? id.GetString() : null)
                .Single(static id => id is not null);
            traces.ShouldContain(trace!);
        }
    }

    private static void ShouldHoldNoSecret(string text)
    {
        text.Contains(Secret, StringComparison.Ordinal).ShouldBeFalse(Around(text, Secret));
        text.Contains(WrongSecret, StringComparison.Ordinal).ShouldBeFalse(Around(text, WrongSecret));
    }

    private static string Around(string text, string secret)
    {
        var place = text.IndexOf(secret, StringComparison.Ordinal);
        return place < 0 ? string.Empty : text[Math.Max(0, place - 200)..Math.Min(text.Length, place + 200)];
    }
}
