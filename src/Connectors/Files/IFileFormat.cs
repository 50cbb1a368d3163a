using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>What the bytes of a file mean. Immutable; the work is done by the decoders that it makes, one for each time a file is read.</summary>
public interface IFileFormat<T>
{
    /// <summary>How many bytes a decoder is given at a time; only the last chunk of a file is shorter.</summary>
    int ChunkBytes { get; }

    /// <summary>Refuses a file that can't be in this format, before anything of it is read.</summary>
    /// <param name="file">What a person calls the file, for the message.</param>
    /// <param name="sizeBytes">Its size, more than zero.</param>
    /// <exception cref="SourceFailedException">The file is refused and the job fails.</exception>
    void Check(string file, long sizeBytes);

    /// <summary>A decoder for one reading of one file.</summary>
    /// <param name="file">What a person calls the file, for messages.</param>
    /// <param name="recordSkipped">Counts a record that was left out or repaired, by reason.</param>
    IFileDecoder<T> Open(string file, Action<string> recordSkipped);
}
