using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orleans.Workflow.Storage.Sqlite;

/// <summary>What of SQLite's C interface the library does not offer: how it reaches its files. The names are those of its documentation.</summary>
internal static unsafe partial class SqliteNative
{
    /// <summary>No error.</summary>
    public const int Ok = 0;

    /// <summary>Opened is a write-ahead log.</summary>
    public const int OpenWal = 0x00080000;

    /// <summary>Flush, as for each commit.</summary>
    public const int SyncNormal = 2;

    /// <summary>Asks a connection for its file.</summary>
    public const int FileControlFilePointer = 7;

    private const string Library = "e_sqlite3";

    /// <summary>A file system by its name; the default one for null.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_find", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial FileSystem* FindFileSystem(string? name);

    /// <summary>Makes a file system known.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_vfs_register")]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int Register(FileSystem* fileSystem, int makeDefault);

    /// <summary>Asks a connection about its file.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    [UnmanagedCallConv(CallConvs = [typeof(CallConvCdecl)])]
    public static partial int ControlFile(nint connection, string database, int operation, void* argument);

    /// <summary>A file system: <c>sqlite3_vfs</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileSystem
    {
        /// <summary>Which of the functions there are.</summary>
        public int Version;

        /// <summary>How many bytes <see cref="OpenFile"/> must have.</summary>
        public int SizeOfFile;

        /// <summary>The longest path, in bytes.</summary>
        public int LongestPath;

        /// <summary>The next one known.</summary>
        public FileSystem* Next;

        /// <summary>Its name.</summary>
        public byte* Name;

        /// <summary>Its own.</summary>
        public void* Data;

        /// <summary>Opens a file: itself, the path, the file to be filled in, what for, and what came of that.</summary>
        public delegate* unmanaged[Cdecl]<FileSystem*, byte*, OpenFile*, int, int*, int> Open;

        /// <summary>The other functions, which are handed on as they are.</summary>
        public Functions Others;

        /// <summary>As many functions as there are behind <see cref="Open"/> in version 3.</summary>
        [InlineArray(15)]
        public struct Functions
        {
            private nint _first;
        }
    }

    /// <summary>An open file: <c>sqlite3_file</c>, of which only the beginning is known.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct OpenFile
    {
        /// <summary>What can be done with it; null if it is not open.</summary>
        public FileMethods* Methods;
    }

    /// <summary>What can be done with a file: <c>sqlite3_io_methods</c>. Each answers an error code.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileMethods
    {
        /// <summary>Which of the functions there are.</summary>
        public int Version;

        /// <summary>Closes it.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, int> Close;

        /// <summary>Reads so many bytes from a place on.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Read;

        /// <summary>Writes so many bytes from a place on.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, byte*, int, long, int> Write;

        /// <summary>Cuts it off behind so many bytes.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, long, int> Truncate;

        /// <summary>Flushes it to the disk.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, int, int> Sync;

        /// <summary>Answers how many bytes it has.</summary>
        public delegate* unmanaged[Cdecl]<OpenFile*, long*, int> FileSize;

        /// <summary>The other functions, which are handed on as they are.</summary>
        public Functions Others;

        /// <summary>As many functions as there are behind <see cref="FileSize"/> in version 3.</summary>
        [InlineArray(12)]
        public struct Functions
        {
            private nint _first;
        }
    }
}
