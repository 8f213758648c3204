namespace Orleans.Workflow.Storage.Tests.Schema;

/// <summary>Finds the hosts that were built with the tests.</summary>
internal static class HostAssemblies
{
    /// <summary>The dll of a host, of the configuration that the tests were built with.</summary>
    /// <param name="project">The project below <c>src</c>.</param>
    public static string Find(string project)
    {
        // tests/Storage/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var root = framework.Parent!.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(
            root.FullName, "src", project, "bin", framework.Parent.Name, framework.Name, $"Orleans.Workflow.{project}.dll");
    }
}
