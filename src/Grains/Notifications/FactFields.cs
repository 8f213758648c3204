using System.Collections.Immutable;

namespace Orleans.Workflow.Grains.Notifications;

/// <summary>What a field means, whatever it is called.</summary>
internal enum FactRole
{
    /// <summary>Nothing that is kept: it only has to be there.</summary>
    None,
    WorkflowId,
    WorkflowName,
    NodeId,
    NodeName,
    TaskId,
    CaseId,
    Callee,
    CallId,
    MessageId,
    Type,
    Value,
    Timestamp,
    EndTime,
}

/// <summary>A field that is read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Role">What it means.</param>
/// <param name="IsRequired">Whether it must be there; another field of the same role will do.</param>
/// <param name="Place">Its place among all fields of its kind.</param>
/// <param name="Inner">The fields that are read of it if it is an object; null if none are.</param>
internal sealed record FactField(
    string Name,
    FieldType Type,
    FactRole Role,
    bool IsRequired,
    int Place,
    FactFields? Inner
);

/// <summary>The fields of an object that are read.</summary>
internal sealed class FactFields
{
    /// <summary>
    /// What the vendor calls the same thing in different notifications. Each name is read everywhere; of several with
    /// one role the first counts.
    /// </summary>
    private static readonly ImmutableArray<(FactRole Role, ImmutableArray<string> Names)> Spellings =
    [
        (FactRole.WorkflowId, ["workflow_id"]),
        (FactRole.WorkflowName, ["workflow_name"]),
        (FactRole.NodeId, ["nodetask_id", "node_id"]),
        (FactRole.NodeName, ["nodetask_name", "node_name"]),
        (FactRole.TaskId, ["task_id", "waba_task_id", "taskId"]),
        (FactRole.CaseId, ["case_id", "caseid"]),
        (FactRole.Callee, ["callee_number", "callee", "phoneNumber"]),
        (FactRole.CallId, ["call_id", "callid", "callId"]),
        (FactRole.MessageId, ["msg_id", "message_id"]),
        (FactRole.EndTime, ["session_end_time"]),
    ];

    /// <summary>The names that mean something only in a notification that must have them.</summary>
    private static readonly ImmutableArray<(FactRole Role, string Name)> OnlyRequired =
    [
        (FactRole.Type, "type"),
        (FactRole.Timestamp, "timestamp"),
    ];

    private FactFields(ImmutableArray<FactField> all)
    {
        All = all;
        Names = [.. all.Select(static field => new FieldNames.Field(field.Name, isRequired: false))];
        Flat = [.. all.SelectMany(static field => (IEnumerable<FactField>)[field, .. field.Inner?.Flat ?? []])];
    }

    /// <summary>The fields, in the order of <see cref="Names"/>.</summary>
    public ImmutableArray<FactField> All { get; }

    /// <summary>Their names.</summary>
    public ImmutableArray<FieldNames.Field> Names { get; }

    /// <summary>The fields and those in them, each at its place.</summary>
    public ImmutableArray<FactField> Flat { get; }

    /// <summary>The fields of a kind.</summary>
    public static FactFields Of(NotificationKind kind)
    {
        var isInEnvelope = kind.Envelope is not null;
        ImmutableArray<(FactRole Role, string Name)> optional =
        [
            .. kind.Values.Select(static name => (FactRole.Value, name)),
            // What comes in an envelope names no workflow, and no node of one.
            .. Spelled(role => !isInEnvelope || role is >= FactRole.TaskId),
        ];
        var place = 0;
        return Read(kind.Required, isInEnvelope ? [] : optional);

        FactFields Read(ImmutableArray<RequiredField> required, ImmutableArray<(FactRole Role, string Name)> others) =>
            new([
                .. required.Select(field => Field(RoleOf(field.Name), field, isRequired: true)),
                .. others
                    .Where(other => required.All(field => field.Name != other.Name))
                    .Select(other => Field(other.Role, new RequiredField(other.Name, TypeOf(other.Role)), false)),
            ]);

        FactField Field(FactRole role, RequiredField field, bool isRequired)
        {
            var own = place++;
            var inner =
                field.Name == kind.Envelope ? Read(field.Fields, optional)
                : field.Name == "callee" ? Read(field.Fields, OfCallee)
                : null;
            return new FactField(field.Name, field.Type, role, isRequired, own, inner);
        }
    }

    private static ImmutableArray<(FactRole Role, string Name)> OfCallee =>
        [
            .. Spelled(static role => role is FactRole.CaseId or FactRole.Callee)
                .Where(static one => one.Name != "callee"),
        ];

    private static IEnumerable<(FactRole Role, string Name)> Spelled(Func<FactRole, bool> isRead) =>
        Spellings
            .Where(spelling => isRead(spelling.Role))
            .SelectMany(static spelling => spelling.Names.Select(name => (spelling.Role, name)));

    private static FactRole RoleOf(string name) =>
        Spelled(static _ => true).Concat(OnlyRequired).FirstOrDefault(one => one.Name == name).Role;

    private static FieldType TypeOf(FactRole role) =>
        role is FactRole.WorkflowName or FactRole.NodeName ? FieldType.Label : FieldType.Text;
}

/// <summary>What was read of a body.</summary>
/// <param name="fields">The fields of its kind.</param>
internal sealed class FactValues(FactFields fields)
{
    private readonly string?[] _texts = new string?[fields.Flat.Length];

    /// <summary>The text of a role; null if no field of it says anything.</summary>
    public string? this[FactRole role]
    {
        get
        {
            foreach (var field in fields.Flat)
            {
                if (field.Role == role && _texts[field.Place] is { } text)
                    return text;
            }

            return null;
        }
    }

    /// <summary>The text of a field; null if it says nothing.</summary>
    public string? this[FactField field]
    {
        get => _texts[field.Place];
        set => _texts[field.Place] = value;
    }

    /// <summary>The text of one role as an identity; null if there is none.</summary>
    public string?[]? Only(FactRole role) => this[role] is { } text ? [text] : null;
}
