package dev.countersign.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.countersign.audit.RecordCodec.BadRecordException;
import java.util.Arrays;

/**
 * Tells what a crash can leave at the end of a log from a record that was changed. The first was acknowledged to
 * nobody and is moved aside; of the second somebody was told that it is durable, and to drop it might let a run happen
 * twice.
 *
 * <p>A crash of the process leaves the beginning of a line. A crash of the machine may besides leave pages that never
 * reached the disk and read as zeros; no record holds a zero byte.
 */
final class TornWrite {

    /** The longest beginning of {@code true} or {@code false} that is not the whole word. */
    private static final int PARTIAL_WORD = 4;

    private final RecordCodec codec;

    TornWrite(RecordCodec codec) {
        this.codec = codec;
    }

    /** Whether bytes with no newline after them, or the first of more than a line can hold, can be such a rest. */
    boolean canEndWith(byte[] tail) {
        if (hasLostPage(tail, 0, tail.length)) {
            return true;
        }
        return tail.length <= RecordCodec.MAX_LINE
                && (isWhole(tail) || isUnfinished(tail) || isUnfinished(withoutLooseEnd(tail)));
    }

    /** Whether a part of the bytes never reached the disk. */
    static boolean hasLostPage(byte[] bytes, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return false;
    }

    /** A record that lacks nothing but its newline. */
    private boolean isWhole(byte[] tail) {
        try {
            codec.header(tail, 0, tail.length);
            return tail[tail.length - 1] == '}';
        } catch (JsonProcessingException | BadRecordException e) {
            return false;
        }
    }

    private boolean isUnfinished(byte[] tail) {
        try {
            codec.header(tail, 0, tail.length);
            return false;
        } catch (JsonEOFException e) {
            return true;
        } catch (JsonProcessingException | BadRecordException e) {
            return false;
        }
    }

    /** A parser takes the end after a comma, or within a word, for an error, and anywhere else for an early end. */
    private static byte[] withoutLooseEnd(byte[] tail) {
        int end = tail.length;
        if (tail[end - 1] == ',') {
            return Arrays.copyOf(tail, end - 1);
        }
        while (end > 0 && tail.length - end < PARTIAL_WORD && tail[end - 1] >= 'a' && tail[end - 1] <= 'z') {
            end--;
        }
        return end > 0 && tail[end - 1] == ':' ? Arrays.copyOf(tail, end) : tail;
    }
}
