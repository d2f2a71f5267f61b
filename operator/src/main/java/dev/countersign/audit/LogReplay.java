package dev.countersign.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.countersign.audit.RecordCodec.BadRecordException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole log from its first byte, checks every line and every link, and rebuilds what the log says about runs and approvals.
 * Reads only; one pass; memory does not grow with the log.
 */
final class LogReplay {

    private final RecordCodec codec;
    private final Ledger ledger;
    private final LineHash hash = new LineHash();
    private final TornWrite tornWrite;

    private @Nullable String logId;
    private long nextSeq;
    private long lastEpoch = -1;
    private String link = LineHash.GENESIS;
    private int lastLineLength;

    private Path segment = Path.of("");
    /** Records of the segment read so far. */
    private long line;

    private long whole;
    private boolean torn;

    LogReplay(RecordCodec codec, Ledger ledger) {
        this.codec = codec;
        this.ledger = ledger;
        this.tornWrite = new TornWrite(codec);
    }

    /**
     * @throws AuditLogDamagedException if anything but the very end of the log is not as it was written
     * @throws IOException if the files cannot be read
     */
    ReplayedLog replay(LogDirectory directory) throws IOException {
        List<Integer> segments = directory.segments();
        for (int i = 0; i < segments.size(); i++) {
            segment = directory.segment(segments.get(i));
            if (segments.get(i) != i + 1) {
                throw new AuditLogDamagedException(directory.segment(i + 1), 0, "is missing");
            }
            readSegment();
            boolean last = i == segments.size() - 1;
            if (!last && Files.size(segment) != whole) {
                throw new AuditLogDamagedException(segment, line + 1, "is torn, with segments after it");
            }
        }
        return new ReplayedLog(Math.max(1, segments.size()), whole, logId, nextSeq, lastEpoch, link, lastLineLength);
    }

    private void readSegment() throws IOException {
        line = 0;
        whole = 0;
        torn = false;
        lastLineLength = 0;
        try (InputStream input = Files.newInputStream(segment)) {
            byte[] tail = new LineReader(input, RecordCodec.MAX_LINE).readAll(this::readLine);
            if (tail.length > 0 && !tornWrite.canEndWith(tail)) {
                throw new AuditLogDamagedException(segment, line + 1, "is not a record, nor the beginning of one");
            }
        } catch (LineReader.LineTooLongException e) {
            throw new AuditLogDamagedException(segment, line + 1, LineReader.TOO_LONG);
        }
    }

    private void readLine(byte[] bytes, int offset, int length) {
        if (torn) {
            // What a crash leaves is the last of a log. Here a line follows: this is something else.
            throw new AuditLogDamagedException(segment, line + 1, "is not JSON");
        }
        RecordHeader header;
        try {
            header = codec.header(bytes, offset, length);
        } catch (JsonProcessingException e) {
            torn = TornWrite.hasLostPage(bytes, offset, length);
            if (torn) {
                return;
            }
            throw new AuditLogDamagedException(segment, line + 1, "is not JSON");
        } catch (BadRecordException e) {
            throw new AuditLogDamagedException(segment, line + 1, e.problem());
        }
        line++;
        requireNext(header);
        if (ledger.concerns(header)) {
            ledger.apply(new StoredRecord(header, Arrays.copyOfRange(bytes, offset, offset + length)));
        }
        logId = header.logId();
        nextSeq = header.seq() + 1;
        lastEpoch = header.epoch();
        link = hash.link(bytes, offset, length);
        lastLineLength = length;
        whole += length + 1L;
    }

    private void requireNext(RecordHeader header) {
        if (logId != null && !logId.equals(header.logId())) {
            throw new AuditLogDamagedException(segment, line, "belongs to another log, " + header.logId());
        }
        if (header.seq() != nextSeq) {
            throw new AuditLogDamagedException(
                    segment,
                    line,
                    "has seq " + header.seq() + " where " + nextSeq
                            + " is due: records were dropped, repeated or reordered");
        }
        if (!header.prev().equals(link)) {
            throw new AuditLogDamagedException(
                    segment, line, "does not link to the record before it: one of the two was changed");
        }
    }
}
