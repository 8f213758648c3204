using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Workflow.Testing.Contracts;

namespace Orleans.Workflow.Cluster.Tests.Network;

/// <summary>Single notifications and reads, with what they were answered and how long it took.</summary>
internal sealed class Requests : IDisposable
{
    private static readonly TimeProvider Time = TimeProvider.System;
    private static readonly JsonSerializerOptions WithoutNulls = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly HttpClient _http = new(new ContractHandler()) { Timeout = TimeSpan.FromSeconds(40) };

    /// <summary>An answer.</summary>
    /// <param name="Status">Its status; 0 if there was none.</param>
    /// <param name="Text">Its body, or why there was none.</param>
    /// <param name="Took">How long it took.</param>
    internal sealed record Answer(int Status, string Text, TimeSpan Took)
    {
        /// <summary>The version of the state in it.</summary>
        public long Version => JsonDocument.Parse(Text).RootElement.GetProperty("version").GetInt64();

        /// <inheritdoc/>
        public override string ToString() => $"{Status} after {Took.TotalSeconds:0.0} s: {Text}";
    }

    /// <summary>Notifies an Api of a status of a workflow, and of one of a task of its node.</summary>
    public Task<Answer> Notify(
        NetworkMember api,
        string workflowId,
        string status,
        string? taskId = null,
        string? taskStatus = null
    )
    {
        var body = JsonSerializer.Serialize(
            new
            {
                workflow_id = workflowId,
                workflow_name = "network",
                status,
                actions = new[]
                {
                    new
                    {
                        nodetask_id = "n",
                        nodetask_name = "SMS",
                        node_type = "sms",
                        task_id = taskId,
                        task_status = taskStatus,
                    },
                },
            },
            WithoutNulls
        );
        return Send(
            api,
            new HttpRequestMessage(HttpMethod.Post, "/webhooks/airudder/workflow-status")
            {
                Content = new StringContent(body, Encoding.UTF8, "application/json"),
            }
        );
    }

    /// <summary>Reads something from an Api.</summary>
    public Task<Answer> Get(NetworkMember api, string path) => Send(api, new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>Asks until an answer has a status.</summary>
    /// <returns>How long that took.</returns>
    public static async Task<TimeSpan> Until(HttpStatusCode status, TimeSpan atMost, Func<Task<Answer>> ask)
    {
        var start = Time.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (answer.Status == (int)status)
                return Time.GetElapsedTime(start);

            Time.GetElapsedTime(start).ShouldBeLessThan(atMost, $"no {status} yet; the last answer: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), Time, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(NetworkMember api, HttpRequestMessage request)
    {
        var start = Time.GetTimestamp();
        request.RequestUri = new Uri(api.Member.Address, request.RequestUri!);
        try
        {
            using (request)
            using (var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken))
                return new Answer(
                    (int)answer.StatusCode,
                    await answer.Content.ReadAsStringAsync(),
                    Time.GetElapsedTime(start)
                );
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            return new Answer(0, exception.Message, Time.GetElapsedTime(start));
        }
    }
}
