using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Console.Tests.Traffic;

/// <summary>A campaign with its calls, messages and completed entries. The same for the same name.</summary>
internal sealed class FactTraffic(string name)
{
    /// <summary>How many entries the list has.</summary>
    public const int Entries = 120;

    /// <summary>How many of them are completed.</summary>
    public const int Completed = 84;

    private const int Reached = 66;

    /// <summary>The reasons of the calls' ends, as many of each; with 0 for calls that say none.</summary>
    private static readonly ImmutableArray<(string? Reason, int Count)> Ends =
    [
        ("12", 41),
        ("14", 25),
        ("3", 19),
        ("16", 14),
        ("6", 9),
        ("9", 5),
        ("20", 3),
        ("99", 2),
        (null, 2),
    ];

    /// <summary>The workflow.</summary>
    public string Id { get; } = CampaignModel.Hex($"facts/{name}");

    /// <summary>The node of the calls.</summary>
    public string Calls => Node(1);

    /// <summary>The node of the messages.</summary>
    public string Messages => Node(2);

    /// <summary>An entry of the list.</summary>
    public static string Case(int entry) => $"c-{entry:000000}";

    /// <summary>The number of an entry.</summary>
    public static string Number(int entry) => $"+1555010{entry:0000}";

    /// <summary>The status change that announces the workflow.</summary>
    public byte[] Announcement =>
        VendorJson.Write(
            new StatusChange(
                Id,
                name,
                "running",
                [
                    new StatusChangeAction(
                        Calls,
                        "Voicebot Call1_a9c2ad",
                        "call",
                        CampaignModel.Hex($"{Id}/t"),
                        "Running"
                    ),
                    new StatusChangeAction(Messages, "WhatsApp1_31f9aa", "whatsapp", null, null),
                    new StatusChangeAction(Node(3), "CRM update_77b0e2", "custom_api", null, null),
                ]
            )
        );

    /// <summary>All facts: the path of the kind and the body.</summary>
    public IEnumerable<(string Kind, byte[] Body)> Facts()
    {
        var reasons = Ends.SelectMany(static end => Enumerable.Repeat(end.Reason, end.Count)).ToList();
        reasons.Count.ShouldBe(Entries);
        for (var entry = 0; entry < Entries; entry++)
            yield return ("call-completion", Call(entry, reasons[entry]));

        for (var entry = 0; entry < Reached; entry++)
        {
            yield return ("waba-status", Message(entry, "delivered"));
            if (entry % 3 != 0)
                yield return ("waba-status", Message(entry, "read"));
        }

        for (var entry = 0; entry < 9; entry++)
            yield return ("custom-node", Push(entry));

        for (var entry = 0; entry < Completed; entry++)
            yield return ("list-completion", Completion(entry));
    }

    /// <summary>That a call has ended.</summary>
    public byte[] Call(int entry, string? reason) =>
        Json(
            $"""
            {OfNode(Calls, "Voicebot Call1_a9c2ad")},"case_id":"{Case(entry)}","callid":"call-{entry}",
            "callee":"{Number(entry)[1..]}"{(reason is null ? "" : $",\"hangup_reason\":{reason}")}
            """
        );

    /// <summary>That an entry is completed.</summary>
    public byte[] Completion(int entry) =>
        Json(
            $"""
            {OfWorkflow},"case_id":"{Case(entry)}","callee_number":"{Number(entry)}",
            "rows":[{"{"}{Named("nodetask", Calls, "Voicebot Call1_a9c2ad")},"node_type":"call"{"}"}]
            """
        );

    private byte[] Message(int entry, string status) =>
        Json(
            $"""
            {OfNode(Messages, "WhatsApp1_31f9aa")},"case_id":"{Case(entry)}","msg_id":"m-{entry}",
            "callee":"{Number(entry)}","status":"{status}"
            """
        );

    private byte[] Push(int entry) =>
        Json(
            $"""
            {OfWorkflow},{Named("node", Node(3), "CRM update_77b0e2")},
            "callee":{"{"}"case_id":"{Case(entry)}","callee_number":"{Number(entry)}"{"}"}
            """
        );

    private string OfWorkflow => $"\"workflow_id\":\"{Id}\",\"workflow_name\":\"{name}\"";

    private string OfNode(string node, string label) => $"{OfWorkflow},{Named("nodetask", node, label)}";

    private static string Named(string what, string id, string label) =>
        $"\"{what}_id\":\"{id}\",\"{what}_name\":\"{label}\"";

    private string Node(int place) => CampaignModel.Hex(string.Create(CultureInfo.InvariantCulture, $"{Id}/n{place}"));

    private static byte[] Json(string members) => Encoding.UTF8.GetBytes($"{{{members}}}");
}
