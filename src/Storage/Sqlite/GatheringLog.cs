using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Orleans.Workflow.Storage.Sqlite.SqliteNative;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>
/// A file system for SQLite, the default one but for one thing: what goes to a write-ahead log is gathered and written at once before it is
/// flushed. By itself SQLite makes two calls of the system for each page of a commit. For connections that flush each commit: only that
/// writes what others may read.
/// </summary>
internal static unsafe class GatheringLog
{
    /// <summary>What a connection string calls it.</summary>
    public const string Name = "workflow-gathering-log";

    // SQLite's own file systems take no more at once: more than its longest page they never get.
    private const int Capacity = (1 << 17) - 1;

    private static readonly Lock Registering = new();
    private static FileSystem* _default;

    /// <summary>Makes it known to SQLite. May be called again.</summary>
    /// <exception cref="InvalidOperationException">SQLite has no default file system, or does not take this one.</exception>
    public static void Register()
    {
        lock (Registering)
        {
            if (_default is not null)
                return;

            var found = FindFileSystem(null);
            if (found is null)
                throw new InvalidOperationException("SQLite has no default file system.");

            // SQLite keeps both as long as the process lives.
            var own = (FileSystem*)NativeMemory.Alloc((nuint)sizeof(FileSystem));
            *own = *found;
            own->Version = Math.Min(found->Version, 3);
            own->SizeOfFile = OffsetOfGathered(found) + sizeof(Gathered);
            own->Next = null;
            own->Name = (byte*)Marshal.StringToCoTaskMemUTF8(Name);
            own->Open = &Open;
            if (SqliteNative.Register(own, makeDefault: 0) is not Ok and var error)
                throw new InvalidOperationException($"SQLite does not take the file system {Name}: error {error}.");

            _default = found;
        }
    }

    private static int OffsetOfGathered(FileSystem* fileSystem) => (fileSystem->SizeOfFile + 7) & ~7;

    private static Gathered* Of(OpenFile* file) => (Gathered*)((byte*)file + OffsetOfGathered(_default));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(FileSystem* own, byte* path, OpenFile* file, int flags, int* opened)
    {
        var result = _default->Open(own, path, file, flags, opened);
        if (result != Ok || (flags & OpenWal) == 0)
            return result;

        var gathered = Of(file);
        gathered->File = file->Methods;
        gathered->Bytes = (byte*)NativeMemory.Alloc(Capacity);
        gathered->Length = 0;
        gathered->Methods = *file->Methods;
        gathered->Methods.Version = Math.Min(file->Methods->Version, 3);
        gathered->Methods.Close = &Close;
        gathered->Methods.Read = &Read;
        gathered->Methods.Write = &Write;
        gathered->Methods.Truncate = &Truncate;
        gathered->Methods.Sync = &Sync;
        gathered->Methods.FileSize = &FileSize;
        file->Methods = &gathered->Methods;
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(OpenFile* file)
    {
        var written = WriteGathered(file);
        var gathered = Of(file);
        NativeMemory.Free(gathered->Bytes);
        var closed = gathered->File->Close(file);
        return written == Ok ? closed : written;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Read(OpenFile* file, byte* bytes, int length, long place) =>
        WriteGathered(file) is not Ok and var error ? error : Of(file)->File->Read(file, bytes, length, place);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(OpenFile* file, byte* bytes, int length, long place)
    {
        var gathered = Of(file);
        var follows = place == gathered->Place + gathered->Length && length <= Capacity - gathered->Length;
        if (!follows && WriteGathered(file) is not Ok and var error)
            return error;

        if (length > Capacity)
            return gathered->File->Write(file, bytes, length, place);

        if (gathered->Length == 0)
            gathered->Place = place;

        Unsafe.CopyBlockUnaligned(gathered->Bytes + gathered->Length, bytes, (uint)length);
        gathered->Length += length;
        return Ok;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(OpenFile* file, long length) =>
        WriteGathered(file) is not Ok and var error ? error : Of(file)->File->Truncate(file, length);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(OpenFile* file, int flags) =>
        WriteGathered(file) is not Ok and var error ? error : Of(file)->File->Sync(file, flags);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int FileSize(OpenFile* file, long* length) =>
        WriteGathered(file) is not Ok and var error ? error : Of(file)->File->FileSize(file, length);

    /// <summary>Writes what is gathered. An error ends the transaction that it belongs to, which is not committed before its flush.</summary>
    private static int WriteGathered(OpenFile* file)
    {
        var gathered = Of(file);
        if (gathered->Length == 0)
            return Ok;

        var length = gathered->Length;
        gathered->Length = 0;
        return gathered->File->Write(file, gathered->Bytes, length, gathered->Place);
    }

    /// <summary>What is known of an open log, behind what the default file system knows of it.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Gathered
    {
        /// <summary>What can be done with the file itself.</summary>
        public FileMethods* File;

        /// <summary>What can be done with it here.</summary>
        public FileMethods Methods;

        /// <summary>What is not yet written.</summary>
        public byte* Bytes;

        /// <summary>How many bytes that is.</summary>
        public int Length;

        /// <summary>Where in the file they begin.</summary>
        public long Place;
    }
}
