using System.Collections.Immutable;
using System.Text;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Histories;

/// <summary>What arrived of one workflow, and the same receipts as they might have arrived just as well.</summary>
/// <param name="Receipts">The receipts as they arrived.</param>
/// <param name="Rearranged">Each of them at least once, in another order.</param>
public sealed record History(ImmutableArray<Receipt> Receipts, ImmutableArray<Receipt> Rearranged)
{
    /// <summary>What a failing property prints: enough to replay by hand.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine().AppendLine("as it arrived:");
        foreach (var receipt in Receipts)
            Write(text, receipt);

        text.AppendLine("rearranged:");
        foreach (var receipt in Rearranged)
            Write(text, receipt);

        return text.ToString();
    }

    private static void Write(StringBuilder text, Receipt receipt) =>
        text.Append(receipt.Source)
            .Append(": ")
            .AppendLine(Encoding.UTF8.GetString(VendorJson.Write(receipt.Notification)));
}
