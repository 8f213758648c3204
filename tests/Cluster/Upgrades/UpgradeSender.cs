using System.Collections.Immutable;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Cluster.Tests.Upgrades;

/// <summary>Sends notifications as the vendor does.</summary>
internal abstract class UpgradeSender
{
    protected const string Default = "airudder";

    /// <summary>The process that runs now.</summary>
    protected UpgradeProduct Product { get; set; } = null!;

    protected static StatusChangeAction Node(
        string id,
        string? task = null,
        string? status = null,
        string? type = "call",
        string? name = "A call"
    ) => new(id, name, type, task, status);

    protected static ImmutableArray<StatusChangeAction> Nodes(int count, string status) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    Node($"node-{i:0000}", $"task-{i:0000}", status, i % 3 == 0 ? "sms" : "call", $"Callee {i}")
                ),
        ];

    protected Task Send(string id, string status, params ImmutableArray<StatusChangeAction> actions) =>
        SendFrom(Default, id, "Autumn", status, actions);

    protected Task SendFrom(
        string source,
        string id,
        string? name,
        string status,
        params ImmutableArray<StatusChangeAction> actions
    ) => SendBody(source, VendorJson.Write(new StatusChange(id, name, status, actions)), 200);

    protected Task SendText(string source, string body, int expected) =>
        SendBody(source, Encoding.UTF8.GetBytes(body), expected);

    protected async Task SendBody(
        string source,
        byte[] body,
        int expected,
        string contentType = "application/json",
        string? coding = null
    )
    {
        var secret = source == UpgradeProduct.SecretSource ? $"/{UpgradeProduct.Secret}" : "";
        var path = $"/webhooks/{source}{secret}/workflow-status";
        using var answer = await Product.PostAsync(path, body, contentType, coding);
        ((int)answer.StatusCode).ShouldBe(expected, await answer.Content.ReadAsStringAsync());
    }
}
