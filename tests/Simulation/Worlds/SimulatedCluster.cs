using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Grains.Vocabularies;
using Orleans.Workflow.Simulation.Tests.Database;
using Orleans.Workflow.Simulation.Tests.Faults;
using Orleans.Workflow.Simulation.Tests.Properties;
using Orleans.Workflow.Simulation.Tests.Runtime;
using Orleans.Workflow.Simulation.Tests.Scheduling;
using Orleans.Workflow.Storage.Commit;
using Orleans.Workflow.Testing.Campaigns;

namespace Orleans.Workflow.Simulation.Tests.Worlds;

/// <summary>
/// A world in one thread: vendor, Api, silos with the product's grains and group commit, and a database. First
/// faults happen, then no more; the properties are checked all the time and at the end.
/// </summary>
internal sealed class SimulatedCluster
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(40);

    /// <summary>How old receipts must be to be removed: no delivery of them comes any more.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    private readonly Scenario _scenario;
    private readonly SeededRandom _random;
    private readonly SimulationLoop _turns;
    private readonly Trace _trace;
    private readonly FaultInjector _faults;
    private readonly InvariantChecker _witness;
    private readonly StateTables _tables;
    private readonly Cluster _cluster;
    private readonly ReceiptTrimmer _trimmer;
    private readonly ApiModel _api;
    private readonly Vendor _vendor;
    private readonly List<(string WorkflowId, IReadOnlyList<Delivery> Deliveries)> _campaigns = [];
    private readonly HashSet<(string WorkflowId, string NodeTaskId)> _askedNodes = [];

    private SimulatedCluster(Scenario scenario)
    {
        _scenario = scenario;
        _random = new SeededRandom(scenario.Seed);
        var time = new SimulatedTime(_random);
        _turns = new SimulationLoop(_random, time);
        _trace = new Trace(time);
        _faults = new FaultInjector(_random, scenario.DatabaseFaults, scenario.NetworkFaults, _trace);
        _witness = new InvariantChecker(_trace);
        _tables = new StateTables(_witness);
        _cluster = new Cluster(
            _turns,
            time,
            _trace,
            _faults,
            _witness,
            _tables,
            new GroupCommitOptions(scenario.MaxBatch, scenario.MaxWaiting),
            scenario.CommitConcurrency,
            scenario.MaxBehind
        );
        for (var i = 0; i < scenario.Silos; i++)
            _cluster.Join();

        _api = new ApiModel(_cluster);
        _vendor = new Vendor(_cluster, _api);
        var retention = new Retention(_cluster, _tables);
        _trimmer = new ReceiptTrimmer(
            retention,
            retention,
            new VocabularyCache(store: null!, StoredWorkflow.Fold),
            NullLogger<ReceiptTrimmer>.Instance
        );
    }

    /// <summary>Plays a scenario.</summary>
    public static Outcome Play(Scenario scenario)
    {
        var world = new SimulatedCluster(scenario);
        world._turns.Run(new SimulatedScheduler(world._turns, inOrder: false), world.Play, () =>
            world._witness.Violation is not null
        );
        return new Outcome(
            world._witness.Violation,
            world._faults.Counts,
            world._turns.Count,
            world._witness.Commits,
            world._witness.Acknowledged.Count,
            world._witness.Reads,
            world._trace.ToString()
        );
    }

    private async Task Play()
    {
        await Task.WhenAll([.. Deliver(), .. Read(), Upset(), FailOver()]);
        _trace.Add("nothing goes wrong any more");
        _faults.Stop();
        _cluster.Heal();

        // Until the last of the statements that are minutes late has arrived; receipts are removed meanwhile.
        var late = TimeSpan.FromMilliseconds(DatabaseConnection.LatestMilliseconds);
        await Task.WhenAll([
            _cluster.Time.Pause(Quiet + late),
            .. _campaigns.Select(campaign => Trim(campaign.WorkflowId)),
        ]);
        foreach (var (workflowId, deliveries) in _campaigns)
            await SendAgain(workflowId, deliveries);

        await _vendor.RetryStored(atMost: 3, _tables.Holds);
        await _cluster.Time.Pause(Quiet);
        foreach (var (workflowId, _) in _campaigns)
            await CheckShown(workflowId);

        foreach (var (workflowId, nodeTaskId) in _askedNodes)
            await CheckNode(workflowId, nodeTaskId);

        _witness.CheckAcknowledged();
    }

    private IEnumerable<Task> Deliver()
    {
        for (var i = 0; i < _scenario.Workflows; i++)
        {
            var options = CampaignOptions.Default with
            {
                WorkflowId = $"w{i}",
                Moves = _scenario.Moves,
                MaxNodes = 3,
                MaxTasksPerNode = 2,
                VendorLikeIds = false,
                RunsToItsEnd = _random.Percent(50),
            };
            var inOrder = CampaignModel.Generate(_random.Below(1 << 30), options).Deliveries();
            var mangled = Mangling.Apply(inOrder, new Random(_random.Below(1 << 30)), _scenario.Mangles, Mangle.All);
            _campaigns.Add((options.WorkflowId, mangled));
        }

        return _campaigns
            .SelectMany(static campaign => campaign.Deliveries)
            .Select(async delivery =>
            {
                await _cluster.Time.Pause(_random.Between(0, _scenario.Span));
                await _vendor.Send(delivery);
            });
    }

    private IEnumerable<Task> Read()
    {
        for (var i = 0; i < _scenario.Readers; i++)
        {
            var (workflowId, deliveries) = _random.Pick(_campaigns);
            yield return new Reader(_cluster, _api).ReadWorkflow(workflowId, 6, (_scenario.Span / 3) + 50);

            var nodes = deliveries
                .SelectMany(static delivery => delivery.Notification.Actions.Select(static entry => entry.NodeTaskId))
                .Distinct()
                .ToList();
            if (nodes.Count == 0)
                continue;

            var nodeTaskId = _random.Pick(nodes);
            _askedNodes.Add((workflowId, nodeTaskId));
            yield return new Reader(_cluster, _api).ReadNode(workflowId, nodeTaskId, 6, (_scenario.Span / 3) + 50);
        }
    }

    private async Task Upset()
    {
        for (var i = 0; i < _scenario.Upsets; i++)
        {
            await _cluster.Time.Pause(_random.Between(0, (_scenario.Span / 2) + 20));
            _cluster.Upset();
        }
    }

    private async Task FailOver()
    {
        if (!_scenario.FailsOver)
            return;

        await _cluster.Time.Pause(_random.Between(0, _scenario.Span + 20));
        var standby = _tables.Copy();
        await _cluster.Time.Pause(_random.Between(0, (_scenario.Span / 4) + 50));
        _cluster.FailOver(standby);
    }

    private async Task Trim(string workflowId)
    {
        // Before and among the statements that are minutes late.
        await _cluster.Time.Pause(Settled);
        foreach (var longest in (int[])[20_000, 100_000])
        {
            await _cluster.Time.Pause(_random.Between(0, longest));
            var through = _random.Below(_witness.Stored(workflowId).Receipts.Count + 1);
            var before = (_cluster.Time.GetUtcNow() - Settled).ToUnixTimeMilliseconds();
            if (await _trimmer.Trim(workflowId, through, before, CancellationToken.None) is > 0 and var removed)
                _faults.Note(FaultKind.Trimmed, $"{removed} receipts of {workflowId}");
        }
    }

    /// <summary>
    /// Sends a stored notification again. If two activations were active at once and one missed a commit of the other,
    /// it learns so now.
    /// </summary>
    private async Task SendAgain(string workflowId, IReadOnlyList<Delivery> deliveries)
    {
        var stored = _witness.Stored(workflowId);
        var before = Converged.Of(stored.State, StoredWorkflow.Fold.Vocabulary);
        var again =
            stored.Receipts.Count > 0
                ? _random.Pick([
                    .. stored.Receipts.Select(static receipt => new Delivery(receipt.Source, receipt.Notification)),
                ])
                : deliveries[0];
        if (!await _vendor.SendOnce(again))
            _witness.Violate(
                Property.ReceiptOnce,
                $"a notification of {workflowId} is not acknowledged although nothing goes wrong any more"
            );

        var after = Converged.Of(stored.State, StoredWorkflow.Fold.Vocabulary);
        if (stored.Receipts.Count > 1 && before != after)
            _witness.Violate(Property.Idempotence, $"after a repeat, {workflowId} changed from\n{before}to\n{after}");
    }

    private async Task CheckShown(string workflowId)
    {
        var stored = _witness.Stored(workflowId);
        var shown = await _api.Call(() => _api.Grains.Workflow(workflowId).GetState());
        if (shown is null || StoredWorkflow.Shown(shown) != StoredWorkflow.Shown(stored.View!))
            _witness.Violate(
                Property.ReadsAreCommitted,
                $"{workflowId} shows version {shown?.Version}, the database has {stored.State.Version}"
            );

        var arrived = Converged.Of(stored.State, StoredWorkflow.Fold.Vocabulary);
        var rearranged = Converged.Of(
            _random
                .Shuffle(stored.Receipts)
                .Aggregate(WorkflowState.Unknown(workflowId), static (state, receipt) =>
                    StoredWorkflow.Fold.Apply(state, receipt).State
                ),
            StoredWorkflow.Fold.Vocabulary
        );
        if (arrived != rearranged)
            _witness.Violate(Property.Convergence, $"as it arrived:\n{arrived}rearranged:\n{rearranged}");
    }

    private async Task CheckNode(string workflowId, string nodeTaskId)
    {
        var decided = _witness.Stored(workflowId).View?.Nodes.FirstOrDefault(node => node.NodetaskId == nodeTaskId);
        var shown = await _api.Call(() => _api.Grains.NodeTask(workflowId, nodeTaskId).GetState());
        if (
            (shown is null) != (decided is null)
            || (shown is not null && StoredWorkflow.Shown(shown) != StoredWorkflow.Shown(decided!))
        )
        {
            _witness.Violate(
                Property.NodesAgree,
                $"{nodeTaskId} of {workflowId} shows version {shown?.Version}, decided was {decided?.Version}"
            );
        }
    }
}
