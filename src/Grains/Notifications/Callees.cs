namespace Orleans.Workflow.Grains.Notifications;

/// <summary>The numbers and addresses of the persons that a workflow reaches.</summary>
public static class Callees
{
    /// <summary>
    /// The form in which callees are compared: the vendor sends the same number with and without a leading <c>+</c>.
    /// </summary>
    public static string Normalise(string callee)
    {
        ArgumentNullException.ThrowIfNull(callee);
        var trimmed = callee.AsSpan().Trim();
        return (trimmed is ['+', ..] ? trimmed[1..] : trimmed).ToString();
    }
}
