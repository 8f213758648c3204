using System.Collections.Immutable;

namespace Orleans.Workflow.Api.Security;

/// <summary>How often this process has accepted a credential.</summary>
/// <param name="Credential">Which one, as the settings name it, such as <c>Secrets:0</c>; never the secret.</param>
/// <param name="Kind">How it was presented: path, basic, bearer, header, address or anonymous.</param>
/// <param name="Uses">How often, since the process started.</param>
/// <param name="LastUsedAt">When last; null if it never was.</param>
public sealed record CredentialResponse(string Credential, string Kind, long Uses, DateTimeOffset? LastUsedAt)
{
    /// <summary>The answers for some credentials.</summary>
    internal static ImmutableArray<CredentialResponse> Of(IEnumerable<CredentialUse> uses) =>
        [.. uses.Select(static use => new CredentialResponse(use.Credential, use.KindWord, use.Count, use.LastUsedAt))];
}

/// <summary>A source and its credentials.</summary>
/// <param name="Source">Its name.</param>
/// <param name="Refused">How many requests in its name were refused for their credentials, since the process
/// started.</param>
/// <param name="Credentials">Its credentials, for each kind in which they may be presented.</param>
public sealed record SourceResponse(string Source, long Refused, ImmutableArray<CredentialResponse> Credentials)
{
    /// <summary>The answer for a source.</summary>
    internal static SourceResponse Of(Source source) =>
        new(source.Name, source.Refused, CredentialResponse.Of(source.Uses));
}

/// <summary>An API key and its secrets.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Role">What a client with it may do: read or admin.</param>
/// <param name="Credentials">Its secrets, for each kind in which they may be presented.</param>
public sealed record KeyResponse(string Key, string Role, ImmutableArray<CredentialResponse> Credentials);
