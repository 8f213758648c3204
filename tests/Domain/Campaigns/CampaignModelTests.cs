using System.Text;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Domain.Tests.Campaigns;

/// <summary>The model that every other test draws its histories from.</summary>
public sealed class CampaignModelTests
{
    [Fact]
    public void The_same_seed_gives_the_same_campaign() =>
        Print(CampaignModel.Generate(7)).ShouldBe(Print(CampaignModel.Generate(7)));

    [Fact]
    public void Every_seed_is_another_workflow() =>
        Enumerable.Range(0, 1000).Select(static seed => CampaignModel.Generate(seed).WorkflowId).ShouldBeUnique();

    [Fact]
    public void A_faithful_vendor_that_loses_nothing_is_never_stale_and_never_contradicts_itself()
    {
        var fold = new WorkflowFold(Vocabulary.Default);
        for (var seed = 0; seed < 500; seed++)
        {
            var state = WorkflowState.Unknown("w1");
            foreach (var receipt in CampaignModel.Generate(seed).Deliveries().Receipts())
            {
                var result = fold.Apply(state, receipt);
                result.Effect.ShouldBeOneOf(ReceiptEffect.Advanced, ReceiptEffect.Duplicate);
                state = result.State;
            }
        }
    }

    [Fact]
    public void A_campaign_that_runs_to_its_end_ends_with_all_its_tasks()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var last = CampaignModel.Generate(seed, CampaignOptions.Default with { RunsToItsEnd = true }).Snapshots[^1];
            Vocabulary.Default.Read(last.Status!).Phase.ShouldBe(WorkflowPhase.Ended);
            last.Actions.ShouldAllBe(entry =>
                entry.TaskStatus == null || Vocabulary.Default.Read(entry.TaskStatus).Phase == WorkflowPhase.Ended
            );
        }
    }

    [Fact]
    public void Without_unknown_words_the_vocabulary_names_all() =>
        CampaignModel
            .Generate(3, CampaignOptions.Default with { UnknownWords = false, Moves = 500 })
            .Snapshots.SelectMany(static said =>
                said.Actions.Select(static entry => entry.TaskStatus).Append(said.Status)
            )
            .OfType<string>()
            .ShouldAllBe(word => Vocabulary.Default.Read(word).Recognised);

    [Theory]
    [InlineData(AbsentAs.Omitted, "")]
    [InlineData(AbsentAs.Null, ",\"task_id\":null,\"task_status\":null")]
    [InlineData(AbsentAs.Empty, ",\"task_id\":\"\",\"task_status\":\"\"")]
    [InlineData(AbsentAs.Blank, ",\"task_id\":\" \\t\",\"task_status\":\" \\t\"")]
    public void The_vendors_json_is_written_with_absent_fields_as_asked(AbsentAs absent, string written) =>
        Encoding
            .UTF8.GetString(
                VendorJson.Write(
                    new StatusChange("w", "重拨", "finished", [new StatusChangeAction("n", "", "sms", null, null)]),
                    absent
                )
            )
            .ShouldBe(
                """{"workflow_id":"w","workflow_name":"重拨","status":"finished","actions":["""
                    + $$"""{"nodetask_id":"n","nodetask_name":"","node_type":"sms"{{written}}}]}"""
            );

    private static string Print(Campaign campaign) =>
        string.Join('\n', campaign.Snapshots.Select(static said => Encoding.UTF8.GetString(VendorJson.Write(said))));
}
