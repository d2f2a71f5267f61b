package dev.countersign.sandbox.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds the frames of one run in the supervisor's stdout, cut anywhere. Hands out authentic frames only, each once,
 * in counter order without a hole; at the first hole it stops for good and {@link #fault} says so.
 *
 * <p>Code can write to the same stdout, so everything else is ignored and counted. Memory is bounded by one line,
 * whatever arrives. A pod's log, as the kubelet's log API gives it without time stamps, is the same stream.
 *
 * <p>Not thread-safe.
 */
public final class FrameReader {
    private static final byte[] PREFIX = "CSF1 ".getBytes(StandardCharsets.US_ASCII);

    /** Flag bit 0: the last piece of a result. No other flag is known. */
    private static final int LAST = 1;

    private final FrameOpener opener;
    private final byte[] line = new byte[Protocol.MAX_LINE_BYTES];
    private int length;
    private boolean overlong;

    private long expected;
    private long garbage;
    private long forged;
    private long replayed;
    private Optional<Tampering> fault = Optional.empty();

    /** A reader for the run that {@code key} belongs to, at its first frame. */
    public FrameReader(RunKey key) {
        this.opener = new FrameOpener(key);
    }

    /** Reads on; the frames that became whole, often none. Never throws for what the bytes hold. */
    public List<Frame> feed(byte[] chunk) {
        return feed(ByteBuffer.wrap(chunk));
    }

    /** As {@link #feed(byte[])}, from the buffer's position to its limit. */
    public List<Frame> feed(ByteBuffer chunk) {
        List<Frame> frames = new ArrayList<>();
        for (var frame = next(chunk); frame.isPresent(); frame = next(chunk)) {
            frames.add(frame.get());
        }
        return frames;
    }

    /** Reads to the end of the next frame and no further, or to the end of the chunk when there is none. */
    Optional<Frame> next(ByteBuffer chunk) {
        while (chunk.hasRemaining() && fault.isEmpty()) {
            byte next = chunk.get();
            if (next == '\n') {
                var frame = endLine();
                if (frame.isPresent()) {
                    return frame;
                }
            } else if (length < line.length) {
                line[length++] = next;
            } else {
                overlong = true;
            }
        }
        return Optional.empty();
    }

    /** What was ignored so far. A last line without its newline is in none of the counts. */
    public Noise noise() {
        return new Noise(garbage, forged, replayed);
    }

    /** Why no frame comes any more: a hole in the counters, or an authentic frame that v1 does not know. */
    public Optional<Tampering> fault() {
        return fault;
    }

    private Optional<Frame> endLine() {
        int size = length;
        boolean tooLong = overlong;
        length = 0;
        overlong = false;
        if (size == 0) {
            return Optional.empty(); // Every frame begins with a newline, to end the garbage before it.
        }
        if (tooLong || !startsLikeFrame(size)) {
            garbage++;
            return Optional.empty();
        }
        var opened = opener.open(Arrays.copyOfRange(line, PREFIX.length, size));
        if (opened.isEmpty()) {
            forged++;
            return Optional.empty();
        }
        return inOrder(opened.get(), size + 2);
    }

    private boolean startsLikeFrame(int size) {
        return size >= PREFIX.length && Arrays.equals(line, 0, PREFIX.length, PREFIX, 0, PREFIX.length);
    }

    private Optional<Frame> inOrder(FrameOpener.Opened frame, int wireBytes) {
        int order = Long.compareUnsigned(frame.counter(), expected);
        if (order < 0) {
            replayed++;
            return Optional.empty();
        }
        if (order > 0) {
            fault = Optional.of(new Tampering(
                    Tampering.Kind.COUNTER_GAP,
                    "frame " + Long.toUnsignedString(frame.counter()) + " came where frame " + expected + " was due"));
            return Optional.empty();
        }
        var type = FrameType.of(frame.type());
        boolean last = frame.flags() == LAST;
        if (type.isEmpty() || frame.flags() > LAST || (last && type.get() != FrameType.RESULT)) {
            fault = Optional.of(new Tampering(
                    Tampering.Kind.PROTOCOL_VIOLATION,
                    "frame " + expected + " has type " + frame.type() + " and flags " + frame.flags()
                            + ", unknown to v1"));
            return Optional.empty();
        }
        expected++;
        return Optional.of(new Frame(type.get(), last, frame.counter(), frame.payload(), wireBytes));
    }
}
