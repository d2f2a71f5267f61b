package dev.countersign.audit;

import java.nio.file.Path;

/**
 * The stored log is not what was written: evidence of tampering, of a broken volume, or of files put back from
 * elsewhere. It is never repaired by itself; a person has to look.
 */
public final class AuditLogDamagedException extends RuntimeException {

    private final Path file;
    private final long line;

    /** @param line counted from 1, 0 if the problem is the file as a whole */
    AuditLogDamagedException(Path file, long line, String problem) {
        super("audit log is damaged: " + file + (line > 0 ? " line " + line : "") + ": " + problem);
        this.file = file;
        this.line = line;
    }

    public Path file() {
        return file;
    }

    /** The first line that is wrong, counted from 1; 0 if the problem is the file as a whole. */
    public long line() {
        return line;
    }
}
