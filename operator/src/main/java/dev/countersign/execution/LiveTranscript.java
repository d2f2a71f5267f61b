package dev.countersign.execution;

import dev.countersign.sandbox.wire.RunKey;
import dev.countersign.sandbox.wire.RunTranscript;
import dev.countersign.sandbox.wire.TranscriptVerdict;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A transcript that one thread feeds and another waits for. */
final class LiveTranscript {
    private final Clock clock;
    private final CompletableFuture<Void> accepted = new CompletableFuture<>();
    private final CompletableFuture<Void> settled = new CompletableFuture<>();

    // Guards what follows it.
    private final Object lock = new Object();
    private final RunTranscript transcript;
    private @Nullable Instant acceptedAt;

    LiveTranscript(RunKey key, Clock clock) {
        this.transcript = new RunTranscript(key);
        this.clock = clock;
    }

    void feed(byte[] bytes) {
        boolean over;
        boolean running;
        synchronized (lock) {
            transcript.feed(bytes);
            if (acceptedAt == null && transcript.accepted()) {
                acceptedAt = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            }
            over = transcript.settled();
            running = transcript.accepted();
        }
        if (running) {
            accepted.complete(null);
        }
        if (over) {
            settled.complete(null);
        }
    }

    /** Completes when the supervisor is about to run the code. */
    CompletableFuture<Void> accepted() {
        return accepted;
    }

    /** Completes when the frames have told all they can. */
    CompletableFuture<Void> settled() {
        return settled;
    }

    /** When this operator saw the supervisor accept the run. */
    Optional<Instant> acceptedAt() {
        synchronized (lock) {
            return Optional.ofNullable(acceptedAt);
        }
    }

    TranscriptVerdict end() {
        synchronized (lock) {
            return transcript.end();
        }
    }
}
