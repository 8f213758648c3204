using Orleans.Workflow.Domain;

namespace Orleans.Workflow.Grains.Explaining;

/// <summary>
/// What a baseline tells of the registers and names that were decided before it: what is known, and the places, but no
/// receipts.
/// </summary>
/// <param name="start">The state in the baseline.</param>
internal sealed class RemovedTopics(WorkflowState start)
{
    // Of whatever does not say where it was decided.
    private readonly ReceiptReference _last = new(start.Seq, null, null, null);

    /// <summary>Adds them all.</summary>
    public void AddTo(Dictionary<Topic, TopicLog> topics)
    {
        if (start.Status is { } status)
            topics.Add(new Topic(Subject.Workflow, null), Of(status));

        if (start.Seq > 0)
            topics.Add(
                new Topic(Subject.Workflow, NameKind.WorkflowName),
                new TopicLog(_last, start.Name ?? string.Empty)
            );

        foreach (var node in start.Nodes)
        {
            var subject = Subject.Node(node.NodeTaskId);
            topics.Add(new Topic(subject, NameKind.NodetaskName), new TopicLog(_last, node.Name));
            topics.Add(new Topic(subject, NameKind.NodeType), new TopicLog(_last, node.NodeType));
            foreach (var task in node.Tasks)
                topics.Add(new Topic(Subject.Task(node.NodeTaskId, task.TaskId), null), Of(task.Status));
        }
    }

    private TopicLog Of(StatusRegister register)
    {
        var log = new TopicLog(
            new ReceiptReference(register.DecidedBy, null, null, null),
            register.StatusBy(Vocabulary.Default.Ranking)
        );
        foreach (var outcome in Vocabulary.Default.Ranking)
        {
            if (register.IsContested && register.Word(outcome) is not null)
                log.Keep(outcome, _last);
        }

        return log;
    }
}
