package dev.countersign.audit;

import org.jspecify.annotations.Nullable;

/**
 * Where a log ends.
 *
 * @param segment number of the last segment, 1 if there is none
 * @param wholeBytes bytes of whole records in that segment; anything after them is torn
 * @param logId absent if the log has no record yet
 * @param nextSeq sequence number of the next record
 * @param lastEpoch of the last record, -1 if there is none
 * @param link what the next record carries as {@code prev}
 * @param lastLineLength bytes of the last line of that segment without its newline, 0 if it has none
 */
record ReplayedLog(
        int segment,
        long wholeBytes,
        @Nullable String logId,
        long nextSeq,
        long lastEpoch,
        String link,
        int lastLineLength) {}
