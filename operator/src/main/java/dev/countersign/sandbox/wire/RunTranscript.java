package dev.countersign.sandbox.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The story of one run, told by its frames: accepted, output, result, in that order and whole. Feed it the
 * supervisor's stdout, from an attach stream or the pod's log, from the first byte; {@link #end} tells what it proves.
 *
 * <p>Nothing that the code writes to that stream is ever taken for a result, and a result is never told with other
 * output than the supervisor sent. Memory is bounded by 8 MiB of frames.
 *
 * <p>Not thread-safe.
 */
public final class RunTranscript {
    private enum Stage {
        WAITING,
        RUNNING,
        REPORTING
    }

    private final RunKey key;
    private final FrameReader reader;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final ByteArrayOutputStream result = new ByteArrayOutputStream();
    private Stage stage = Stage.WAITING;
    private long wireBytes;
    private Optional<SandboxResult> whole = Optional.empty();
    private Optional<Tampering> tampering = Optional.empty();

    /** The transcript of the run that {@code key} belongs to, still empty. */
    public RunTranscript(RunKey key) {
        this.key = key;
        this.reader = new FrameReader(key);
    }

    /** Reads on. Never throws for what the bytes hold; does nothing once {@link #settled}. */
    public void feed(byte[] chunk) {
        feed(ByteBuffer.wrap(chunk));
    }

    /** As {@link #feed(byte[])}, from the buffer's position; what follows the frame that settles it is left unread. */
    public void feed(ByteBuffer chunk) {
        while (!settled()) {
            var frame = reader.next(chunk);
            if (frame.isEmpty()) {
                tampering = reader.fault();
                return;
            }
            take(frame.get());
        }
    }

    /** Whether the supervisor has said that it is about to run the code. */
    public boolean accepted() {
        return stage != Stage.WAITING;
    }

    /** Whether {@link #end} is {@code Complete} or {@code Tampered} already, whatever may still come. */
    public boolean settled() {
        return whole.isPresent() || tampering.isPresent();
    }

    /** What was ignored so far. */
    public Noise noise() {
        return reader.noise();
    }

    /** What the frames tell if no more come. Changes nothing: asked too early, it says {@code Incomplete}. */
    public TranscriptVerdict end() {
        Bytes out = Bytes.wrap(stdout.toByteArray());
        Bytes err = Bytes.wrap(stderr.toByteArray());
        if (tampering.isPresent()) {
            return new TranscriptVerdict.Tampered(tampering.get(), accepted(), out, err, noise());
        }
        if (whole.isPresent()) {
            return new TranscriptVerdict.Complete(whole.get(), out, err, noise());
        }
        return accepted()
                ? new TranscriptVerdict.Incomplete(out, err, noise())
                : new TranscriptVerdict.NeverAccepted(noise());
    }

    private void take(Frame frame) {
        wireBytes += frame.wireBytes();
        if (wireBytes > Protocol.MAX_RUN_BYTES) {
            tampered(Tampering.Kind.RUN_TOO_LARGE, "more than " + Protocol.MAX_RUN_BYTES + " bytes of frames");
            return;
        }
        boolean inPlace =
                switch (frame.type()) {
                    case ACCEPTED -> stage == Stage.WAITING;
                    case STDOUT, STDERR -> stage == Stage.RUNNING;
                    case RESULT -> stage != Stage.WAITING;
                };
        if (!inPlace) {
            tampered(
                    Tampering.Kind.PROTOCOL_VIOLATION,
                    "frame " + frame.counter() + " of type " + frame.type() + " has no place there");
            return;
        }
        try {
            read(frame);
        } catch (MalformedPayload e) {
            tampered(Tampering.Kind.MALFORMED_PAYLOAD, e.why());
        }
    }

    private void read(Frame frame) throws MalformedPayload {
        switch (frame.type()) {
            case ACCEPTED -> {
                ResultReader.accepted(frame.payload(), key);
                stage = Stage.RUNNING;
            }
            case STDOUT -> stdout.writeBytes(frame.payload().shared());
            case STDERR -> stderr.writeBytes(frame.payload().shared());
            case RESULT -> {
                stage = Stage.REPORTING;
                result.writeBytes(frame.payload().shared());
                if (frame.last()) {
                    conclude(ResultReader.result(Bytes.wrap(result.toByteArray())));
                }
            }
        }
    }

    private void conclude(ResultReader.Parsed parsed) {
        var mismatch = parsed.mismatch(Bytes.wrap(stdout.toByteArray()), Bytes.wrap(stderr.toByteArray()));
        if (mismatch.isPresent()) {
            tampered(Tampering.Kind.OUTPUT_MISMATCH, mismatch.get());
        } else {
            whole = Optional.of(parsed.result());
        }
    }

    private void tampered(Tampering.Kind kind, String detail) {
        tampering = Optional.of(new Tampering(kind, detail));
    }
}
