package dev.countersign;

import dev.countersign.audit.AuditLogDamagedException;
import dev.countersign.audit.AuditUnavailableException;
import dev.countersign.logging.LogKeys;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the audit log, however long it takes until it can be: a process that ends with the first failure is started
 * again and again, and says nothing to those who wait for their runs. This one stays, unready, and says it.
 *
 * @param longestPause between two tries; pauses grow from {@code firstPause} up to it
 */
record AuditOpening(Duration firstPause, Duration longestPause) {
    private static final Logger LOG = LoggerFactory.getLogger(AuditOpening.class);

    /** One try; each begins anew. */
    interface Opener<T> {
        /**
         * @throws AuditUnavailableException it cannot be read or written now
         * @throws AuditLogDamagedException it is not what was written; a person may put it right meanwhile
         */
        T open() throws InterruptedException;
    }

    /** Told while there is no log. */
    interface Absence {
        /** The log cannot be opened, and why; told again when that is another reason. */
        void because(String why);
    }

    <T> T open(Opener<T> opener, Absence absence) throws InterruptedException {
        String told = null;
        for (Duration pause = firstPause; ; pause = longer(pause)) {
            try {
                return opener.open();
            } catch (AuditUnavailableException | AuditLogDamagedException e) {
                told = tell(e, told, absence);
            }
            Thread.sleep(pause);
        }
    }

    private static String tell(RuntimeException failure, @Nullable String told, Absence absence) {
        String why = String.valueOf(failure.getMessage());
        if (!Objects.equals(why, told)) {
            LOG.atError()
                    .addKeyValue(LogKeys.REASON, why)
                    .log("the audit log cannot be opened, so nothing runs; it is tried again");
            absence.because(why);
        }
        return why;
    }

    private Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    }
}
