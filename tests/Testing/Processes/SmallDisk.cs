namespace Orleans.Workflow.Testing.Processes;

/// <summary>A file system of a few megabytes that can be filled. It takes root, or <c>sudo</c>, to mount one.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Mounts one.</summary>
    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk(Directory.CreateTempSubdirectory("owf-small-").FullName);
        await AsRoot("mount", "-t", "tmpfs", "-o", "size=3m,mode=777", "tmpfs", disk.Folder);
        return disk;
    }

    /// <summary>Writes a file until there is no room left.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            Filler,
            FileMode.Create,
            FileAccess.Write,
            FileShare.ReadWrite,
            bufferSize: 0
        );
        try
        {
            while (true)
                await file.WriteAsync(new byte[1024], cancellationToken);
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Removes that file.</summary>
    public void MakeRoom() => File.Delete(Filler);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await AsRoot("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static Task<string> AsRoot(string program, params string[] arguments) =>
        Environment.IsPrivilegedProcess
            ? Command.RunAsync(program, arguments)
            : Command.RunAsync("sudo", [program, .. arguments]);
}
