package dev.countersign.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a stored line that the log itself reads back.
 *
 * @param type a word; one this version does not know is kept and left alone
 * @param uid of the subject, if the record has one
 * @param attempt 0 if the record has none
 */
record RecordHeader(
        int version,
        String logId,
        long seq,
        String prev,
        Instant time,
        long epoch,
        String type,
        @Nullable String uid,
        int attempt) {}
