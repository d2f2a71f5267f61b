package dev.countersign.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * The writing end of the log: gives records their place, links and hashes, writes them together and makes them durable
 * together. Not for use by several threads.
 */
final class DurableLog implements AutoCloseable {

    private final LogDirectory directory;
    private final AuditWriter writer;
    private final Clock clock;
    private final LogSettings settings;
    private final RecordCodec codec;
    private final String logId;
    private final LineHash hash = new LineHash();

    private int segmentNumber;
    private SegmentWriter segment;
    private long nextSeq;
    private String link;
    private int lastLineLength;

    private DurableLog(
            LogDirectory directory,
            AuditWriter writer,
            Clock clock,
            LogSettings settings,
            RecordCodec codec,
            String logId,
            ReplayedLog end,
            SegmentWriter segment) {
        this.directory = directory;
        this.writer = writer;
        this.clock = clock;
        this.settings = settings;
        this.codec = codec;
        this.logId = logId;
        this.segmentNumber = end.segment();
        this.segment = segment;
        this.nextSeq = end.nextSeq();
        this.link = end.link();
        this.lastLineLength = end.lastLineLength();
    }

    /** Opens the log where its replay ended. A tail is left to {@link #recover}. */
    static DurableLog open(
            LogDirectory directory,
            AuditWriter writer,
            Clock clock,
            LogSettings settings,
            RecordCodec codec,
            String logId,
            ReplayedLog end)
            throws IOException {
        SegmentWriter segment =
                SegmentWriter.open(directory.segment(end.segment()), settings.opener(), end.wholeBytes());
        directory.sync();
        return new DurableLog(directory, writer, clock, settings, codec, logId, end, segment);
    }

    boolean hasTail() throws IOException {
        return segment.tailBytes() > 0;
    }

    /**
     * Appends all of the records or none that counts: after an exception nothing was acknowledged, bytes may be left
     * in the file, and {@link #recover} has to succeed before the next append.
     *
     * @param facts events as {@link RecordCodec#facts} makes them
     */
    List<StoredRecord> append(List<byte[]> facts) throws IOException {
        if (segment.durable() >= settings.segmentBytes()) {
            beginSegment();
        }
        var time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<StoredRecord> records = new ArrayList<>(facts.size());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(facts.size() * 1024);
        long seq = nextSeq;
        String prev = link;
        int length = 0;
        for (byte[] fact : facts) {
            byte[] line = codec.line(logId, seq, prev, time, writer.epoch(), fact);
            length = line.length;
            records.add(new StoredRecord(codec.headerOf(line), line));
            prev = hash.link(line, 0, length);
            seq++;
            bytes.write(line, 0, length);
            bytes.write('\n');
        }
        segment.append(ByteBuffer.wrap(bytes.toByteArray()));
        nextSeq = seq;
        link = prev;
        lastLineLength = length;
        return records;
    }

    /**
     * Brings the file back to its last durable record: opens it anew, checks that record, moves what follows it into a
     * side file, and proves by a record of this that the log can be written.
     *
     * @throws SegmentChangedException if the file is not the one that was written; no later try will help
     */
    void recover() throws IOException {
        segment.reopen();
        requireLastLine();
        long tail = segment.tailBytes();
        SideFile side = tail > 0 ? moveTail() : null;
        append(List.of(codec.facts(new LogEvent.Recovered(
                segment.path().getFileName().toString(),
                segment.durable(),
                tail,
                side == null ? null : side.name(),
                side == null ? null : side.digest()))));
    }

    private void requireLastLine() throws IOException {
        if (lastLineLength == 0) {
            return;
        }
        byte[] line = segment.read(segment.durable() - lastLineLength - 1, lastLineLength);
        if (!hash.link(line, 0, line.length).equals(link)) {
            throw new SegmentChangedException(segment.path(), "its last record is another one");
        }
    }

    /** First the copy, then the cut: a crash between the two leaves the bytes twice, never nowhere. */
    private SideFile moveTail() throws IOException {
        Path side = directory.unusedSideFile(segment.path(), segment.durable());
        try (FileChannel target = FileChannel.open(side, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            segment.copyTailTo(target);
            target.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(side);
            throw e;
        }
        directory.sync();
        String digest = digest(side);
        segment.truncateTail();
        return new SideFile(side.getFileName().toString(), digest);
    }

    private static String digest(Path file) throws IOException {
        MessageDigest sha256 = LineHash.sha256();
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try (FileChannel source = FileChannel.open(file)) {
            while (source.read(buffer) >= 0) {
                sha256.update(buffer.flip());
                buffer.clear();
            }
        }
        return LineHash.word(sha256.digest());
    }

    private void beginSegment() throws IOException {
        SegmentWriter full = segment;
        // A crash, or a failure of the next step, leaves an empty segment: it is the one that is opened again.
        SegmentWriter fresh = SegmentWriter.open(directory.segment(segmentNumber + 1), settings.opener(), 0);
        try {
            directory.sync();
            LogDirectory.makeReadOnly(full.path());
            full.close();
        } catch (IOException e) {
            fresh.close();
            throw e;
        }
        segment = fresh;
        segmentNumber++;
        lastLineLength = 0;
    }

    @Override
    public void close() throws IOException {
        segment.close();
    }

    /** @param digest sha256 of its bytes */
    private record SideFile(String name, String digest) {}
}
