package dev.countersign.audit;

import java.nio.file.Path;

/** Another writer holds the log. */
public final class AlreadyLockedException extends AuditUnavailableException {

    AlreadyLockedException(Path lockFile) {
        super("another writer holds the audit log: " + lockFile + " is locked", null);
    }
}
