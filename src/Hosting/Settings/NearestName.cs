namespace Orleans.Workflow.Hosting.Settings;

/// <summary>Finds the name that was most likely meant by one that is not known.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the known names, by changed, added and removed letters; null if none is near.</summary>
    public static string? Find(string name, IEnumerable<string> known)
    {
        var upper = name.ToUpperInvariant();
        var (nearest, distance) = known
            .Select(candidate => (Candidate: candidate, Distance: Distance(upper, candidate.ToUpperInvariant())))
            .OrderBy(static pair => pair.Distance)
            .ThenBy(static pair => pair.Candidate, StringComparer.Ordinal)
            .FirstOrDefault((string.Empty, int.MaxValue));
        return distance <= Math.Max(2, name.Length / 3) ? nearest : null;
    }

    /// <summary>The distance of Levenshtein, row by row.</summary>
    public static int Distance(string left, string right)
    {
        var before = Enumerable.Range(0, right.Length + 1).ToArray();
        var row = new int[right.Length + 1];
        for (var i = 0; i < left.Length; i++)
        {
            row[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var change = before[j] + (left[i] == right[j] ? 0 : 1);
                row[j + 1] = Math.Min(change, Math.Min(before[j + 1], row[j]) + 1);
            }

            (before, row) = (row, before);
        }

        return before[right.Length];
    }
}
