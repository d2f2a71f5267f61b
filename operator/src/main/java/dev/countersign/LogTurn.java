package dev.countersign;

import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.audit.LogClaim;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's turn at the audit log. It is kept while opening the log fails: another replica could not open it
 * either, and would take the lease from this one only to fail as well.
 */
final class LogTurn implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogTurn.class);

    private final Path directory;
    private final Duration retryEvery;
    private @Nullable LogClaim claim;

    LogTurn(Path directory, Duration retryEvery) {
        this.directory = directory;
        this.retryEvery = retryEvery;
    }

    /**
     * Waits for the turn. Having it proves that whoever wrote before is gone.
     *
     * @return empty where the directory cannot be used now: there is no proof, and the lease decides who says so
     */
    Optional<LogClaim> first() throws InterruptedException {
        try {
            return Optional.of(now());
        } catch (AuditUnavailableException e) {
            LOG.atWarn().setCause(e).log("the audit log cannot be locked; the lease decides who leads");
            return Optional.empty();
        }
    }

    /**
     * The claim on the log that is in the directory now; waits for it again where that is another one.
     *
     * @throws AuditUnavailableException if the directory cannot be used
     */
    LogClaim now() throws InterruptedException {
        LogClaim held = claim;
        if (held != null && held.isOfTheLogThere()) {
            return held;
        }
        close();
        held = LogClaim.await(directory, retryEvery);
        claim = held;
        return held;
    }

    /** The claim is the opened log's from now on, to be given up by it and by nobody else. */
    void used() {
        claim = null;
    }

    @Override
    public void close() {
        LogClaim held = claim;
        claim = null;
        if (held != null) {
            held.close();
        }
    }
}
