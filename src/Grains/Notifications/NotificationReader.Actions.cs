using System.Collections.Immutable;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Notifications;

public ref partial struct NotificationReader
{
    private ImmutableArray<StatusChangeAction> ReadActions(string? workflowId)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            return FailWith<ImmutableArray<StatusChangeAction>>("This must be an array of objects.");

        using var entries = EntryList.Take();
        var before = workflowId is null ? null : _recent?.Find(workflowId);
        _path.Push();
        while (_json.Read() && _json.TokenType != JsonTokenType.EndArray)
        {
            if (_path.Element() == MostActions)
                return FailWith<ImmutableArray<StatusChangeAction>>($"There may be {MostActions} entries at most.");

            var action = ReadAction(before is not null && entries.Count < before.Actions.Length ? before.Actions[entries.Count] : default);
            if (_error is not null)
                return default;

            entries.Add(action, Position);
            if (before is not null)
                Repeat(before, entries);
        }

        _path.Pop();
        var actions = entries.Actions();
        // What was repaired must be noted each time.
        if (workflowId is not null && _repairs is null)
            _recent?.Keep(workflowId, _body, entries, actions);

        return actions;
    }

    /// <summary>Takes the entries that follow, as far as they are those of the notification before, byte for byte, and goes on behind them.</summary>
    private void Repeat(ReadNotification before, EntryList entries)
    {
        if (entries.Count >= before.Ends.Length)
            return;

        var from = before.Ends[entries.Count - 1];
        var same = _body.Span[Position..].CommonPrefixLength(before.Body.Span[from..]);
        var repeated = 0;
        for (var start = Position; entries.Count < before.Ends.Length && before.Ends[entries.Count] - from <= same; repeated++)
            entries.Add(before.Actions[entries.Count], start + before.Ends[entries.Count] - from);

        if (repeated == 0)
            return;

        _path.Elements(repeated);
        _start = entries.End;
        _json = new Utf8JsonReader(_body.Span[_start..], isFinalBlock: true, _json.CurrentState);
    }

    /// <summary>Reads an entry.</summary>
    /// <param name="before">The entry in the same place of the notification before: an id that comes again is the same string.</param>
    private StatusChangeAction ReadAction(in StatusChangeAction before)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            return FailWith<StatusChangeAction>("This must be an object.");

        string? id = null, name = null, type = null, taskId = null, taskStatus = null;
        var fields = new FieldNames(FieldNames.OfAction);
        _path.Push();
        while (NextProperty(ref fields, out var field))
        {
            switch (field)
            {
                case 0: id = ReadRequired(LongestId, before.NodeTaskId); break;
                case 1: name = ReadLabel(isWord: true); break;
                case 2: type = ReadLabel(isWord: true); break;
                case 3: taskId = ReadOptional(LongestId, before: before.TaskId); break;
                case 4: taskStatus = ReadOptional(LongestStatus, isWord: true); break;
                default: Skip(); break;
            }

            if (_error is not null)
                return default;
        }

        _path.Pop();
        if (_error is not null || Missing(fields))
            return default;

        NoteMissing(fields, 1, 2);
        return new StatusChangeAction(id!, name, type, taskId, taskStatus);
    }
}
