package dev.countersign.sandbox.wire;

import org.jspecify.annotations.Nullable;

/**
 * An entry that the code left below the output directory. The name is the code's choice; the supervisor escapes names
 * with control characters and the like, and refuses their files.
 *
 * @param path relative to the output directory
 * @param size bytes on disk
 * @param sha256 lower-case hex of the whole file; null when the file was refused, or too large to be read
 * @param content null when it is not carried
 * @param truncated not carried because the files' content was more than the job allows
 * @param refused why it was not taken, such as being a link; null when it was
 */
public record OutputFile(
        String path,
        long size,
        @Nullable String sha256,
        @Nullable Bytes content,
        boolean truncated,
        @Nullable String refused) {}
