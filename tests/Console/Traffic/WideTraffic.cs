using System.Globalization;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Console.Tests.Traffic;

/// <summary>
/// A workflow of many node tasks, some of which fail, contradict themselves, or have a word of their own.
/// </summary>
internal static class WideTraffic
{
    public const int Nodes = 1_000;

    /// <summary>
    /// Of a thousand node tasks, those that have failed, and those of them that were completed before.
    /// </summary>
    public const int Failed = 20;

    /// <summary>Of a thousand node tasks, those whose status no vocabulary names.</summary>
    public const int Puzzled = 5;

    private static readonly (string Name, string Type)[] Steps =
    [
        ("Voicebot Call", "call"),
        ("SMS", "sms"),
        ("WhatsApp", "whatsapp"),
        ("CRM update", "custom_api"),
    ];

    public static string Id { get; } = CampaignModel.Hex("console/wide");

    /// <summary>
    /// The notification after a step: nothing has begun, most has ended, and some of that has failed.
    /// </summary>
    public static byte[] Of(int step, string? id = null, int nodes = Nodes) =>
        VendorJson.Write(
            new StatusChange(
                id ?? Id,
                $"Wide campaign of {nodes}",
                step == 0 ? "Not Started" : "running",
                [.. Enumerable.Range(0, nodes).Select(node => Action(id ?? Id, node, step))]
            )
        );

    /// <summary>The name of a node task.</summary>
    public static string Name(int node) =>
        string.Create(CultureInfo.InvariantCulture, $"{Steps[node % Steps.Length].Name} {node}");

    private static StatusChangeAction Action(string id, int node, int step) =>
        new(
            CampaignModel.Hex($"{id}/{node}"),
            Name(node),
            Steps[node % Steps.Length].Type,
            CampaignModel.Hex($"{id}/{node}/task"),
            Word(node, step)
        );

    private static string Word(int node, int step) =>
        (node % 50, step) switch
        {
            (_, 0) => "Creating",
            (7, 2) => "failed",
            (8, _) when node % 200 == 8 => "quota wait",
            (>= 40, _) => "Running",
            (>= 36, _) => "Creating",
            _ => "finished",
        };
}
