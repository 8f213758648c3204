using System.Collections.Immutable;
using System.Globalization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Console.Tests.Traffic;

/// <summary>
/// Campaigns as a company would name and run them, and what goes wrong with a few of them. The same for the same seed.
/// </summary>
internal sealed class CampaignTraffic(int seed)
{
    private static readonly ImmutableArray<string> Names =
    [
        "Payment reminder",
        "Welcome series",
        "Cobrança março",
        "Loan follow-up",
        "Survey after service",
        "Renewal offer",
        "Appointment reminder",
        "Dormant accounts",
        "KYC completion",
        "Delivery notice",
        "Feedback call",
    ];

    private static readonly ImmutableArray<string> Markets = ["MX", "BR", "ID", "PH", "TH", "CO", "ZA", "IN"];

    private static readonly ImmutableArray<(string Name, string Type)> Steps =
    [
        ("Voicebot Call1", "call"),
        ("SMS1", "sms"),
        ("Voicebot Call2", "call"),
        ("WhatsApp1", "whatsapp"),
        ("Agent call", "call"),
        ("CRM update", "custom_api"),
    ];

    /// <summary>The deliveries about one workflow, in the order in which they arrive.</summary>
    public IEnumerable<Delivery> Of(int workflow)
    {
        var random = new Random(HashCode(workflow));
        var source = random.Next(10) < 7 ? "airudder" : "airudder-latam";
        var id = CampaignModel.Hex($"console/{seed}/{workflow}");
        var (campaign, market) = (Names[random.Next(Names.Length)], Markets[random.Next(Markets.Length)]);
        var name = string.Create(CultureInfo.InvariantCulture, $"{campaign} {market} {(workflow % 52) + 1:00}");
        var steps = Steps.Take(random.Next(1, Steps.Length + 1)).ToList();
        var notifications = new List<StatusChange>();
        var progress = random.Next(100) switch
        {
            < 12 => 0,
            < 45 => random.Next(1, steps.Count + 1),
            _ => steps.Count + 1,
        };
        for (var at = 0; at <= progress; at++)
            notifications.Add(Snapshot(id, name, steps, at, workflow));

        var deliveries = notifications.Select(notification => new Delivery(source, notification)).ToList();
        var odd = random.Next(100);
        var last = deliveries[^1];
        if (odd < 30)
            deliveries.Add(deliveries[random.Next(deliveries.Count)]);
        else if (odd < 33)
            deliveries.Add(
                last with
                {
                    Notification = last.Notification with { Status = progress > steps.Count ? "failed" : "quota wait" },
                }
            );
        else if (odd < 35)
            deliveries.Add(last with { Source = "airudder-backup" });
        else if (odd < 38)
            deliveries.Add(last with { Notification = last.Notification with { Status = "cancelled" } });

        return deliveries;
    }

    /// <summary>The snapshot after a number of steps; after all of them the workflow has ended.</summary>
    private static StatusChange Snapshot(
        string id,
        string name,
        List<(string Name, string Type)> steps,
        int done,
        int workflow
    )
    {
        var status =
            done == 0 ? "Not Started"
            : done > steps.Count ? "finished"
            : "running";
        return new StatusChange(
            id,
            name,
            status,
            [.. steps.SelectMany((step, place) => Tasks(step, place, done, workflow))]
        );
    }

    private static IEnumerable<StatusChangeAction> Tasks(
        (string Name, string Type) step,
        int place,
        int done,
        int workflow
    )
    {
        var nodeId = CampaignModel.Hex($"node/{workflow}/{place}");
        var label = $"{step.Name}_{nodeId[..6]}";
        if (step.Type is "sms" or "custom_api" && workflow % 3 == 0)
            return [new StatusChangeAction(nodeId, label, step.Type, null, null)];

        return Enumerable
            .Range(0, 1 + ((workflow + place) % 3))
            .Select(task => new StatusChangeAction(
                nodeId,
                label,
                step.Type,
                CampaignModel.Hex($"task/{workflow}/{place}/{task}"),
                Word(place, task, done, workflow)
            ));
    }

    private static string Word(int place, int task, int done, int workflow) =>
        place + 1 < done
            ? workflow % 17 == 0 && task == 1
                ? "failed"
                : "finished"
            : place + 1 == done
                ? task == 0
                    ? "Running"
                    : "Paused"
                : "Creating";

    private int HashCode(int workflow) => unchecked((seed * 397) ^ (workflow * 7919));
}
