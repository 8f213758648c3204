using Orleans.Workflow.Api.Security;
using Orleans.Workflow.Api.Webhooks;
using Orleans.Workflow.Grains.Notifications;

namespace Orleans.Workflow.Standards.Tests;

/// <summary>What follows a source in the path of a webhook is the path of a kind or a secret, and never both.</summary>
public sealed class WebhookPathTests
{
    [Fact]
    public void No_secret_is_as_short_as_the_path_of_a_kind() =>
        NotificationKinds.All.ShouldAllBe(static kind => kind.Path.Length < SecretSet.MinLength);

    [Theory]
    [InlineData("/webhooks/s", "s", false, null)]
    [InlineData("/webhooks/s/list-completion", "s", false, "list_completion")]
    [InlineData("/WEBHOOKS/s/List-Completion", "s", false, "list_completion")]
    [InlineData("/webhooks/s/x", "s", true, null)]
    [InlineData("/webhooks/s/x/dialer", "s", true, "dialer")]
    [InlineData("/webhooks/s/dialer/dialer", "s", true, "dialer")]
    public void A_path_names_its_source_and_kind(string path, string source, bool hasSecret, string? kind)
    {
        var read = WebhookPath.Read(path).ShouldNotBeNull();

        (read.Source, read.HasSecret, read.Kind?.Name).ShouldBe((source, hasSecret, kind));
    }

    [Theory]
    [InlineData("/webhooks")]
    [InlineData("/webhooks/")]
    [InlineData("/webhooks//dialer")]
    [InlineData("/webhooks/s/")]
    [InlineData("/webhooks/s//dialer")]
    [InlineData("/webhooks/s/x/y")]
    [InlineData("/webhooks/s/x/y/dialer")]
    [InlineData("/workflows/s")]
    public void Other_paths_are_those_of_no_webhook(string path) => WebhookPath.Read(path).ShouldBeNull();
}
