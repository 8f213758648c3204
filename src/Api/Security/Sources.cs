using System.Collections.Frozen;

namespace Orleans.Workflow.Api.Security;

/// <summary>The named senders.</summary>
/// <param name="sources">All of them.</param>
internal sealed class Sources(IEnumerable<Source> sources) : IDisposable
{
    private const string Bearer = "Bearer ";

    /// <summary>Stands in for a source that is not there, so that its absence takes as long as a wrong secret.</summary>
    private readonly Source _nobody = new("", [Guid.Empty.ToString()], allowAnonymous: false, ratePerSecond: null);

    private readonly FrozenDictionary<string, Source> _sources = sources.ToFrozenDictionary(source => source.Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public IEnumerable<string> Names => _sources.Keys;

    /// <summary>The source that a request comes from; null if it proves none.</summary>
    /// <param name="name">The source named in the path.</param>
    /// <param name="pathSecret">The secret in the path, if there is one.</param>
    /// <param name="authorization">The header <c>Authorization</c>.</param>
    public Source? Authenticate(string name, string? pathSecret, string? authorization)
    {
        var source = _sources.GetValueOrDefault(name, _nobody);
        var bearer = authorization is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? authorization[Bearer.Length..].Trim()
            : null;
        var accepted = source.Accepts(pathSecret ?? bearer);
        return accepted && source != _nobody ? source : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Dispose();

        _nobody.Dispose();
    }
}
