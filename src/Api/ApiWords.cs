using System.Text.Json;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Api;

/// <summary>The words of the contract.</summary>
internal static class ApiWords
{
    private static readonly string[] Effects = Array.ConvertAll(
        Enum.GetNames<ReceiptEffect>(),
        JsonNamingPolicy.SnakeCaseLower.ConvertName
    );

    /// <summary>The word of an effect.</summary>
    public static string Of(ReceiptEffect effect) => Effects[(int)effect];

    /// <summary>The word of a kind of repair.</summary>
    public static string Of(RepairKind repair) => JsonNamingPolicy.SnakeCaseLower.ConvertName(repair.ToString());

    /// <summary>The word of a kind of name.</summary>
    public static string Of(NameKind name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString());
}
