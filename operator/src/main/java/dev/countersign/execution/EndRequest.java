package dev.countersign.execution;

import dev.countersign.api.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The operator's wish to end a run: set once, the first reason stays. */
final class EndRequest {
    private final CompletableFuture<Reason> reason = new CompletableFuture<>();

    void ask(Reason why) {
        reason.complete(why);
    }

    /** Waits for it, this long at most. */
    void await(Duration most) throws InterruptedException {
        try {
            reason.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // Nobody asked.
        } catch (ExecutionException e) {
            throw new IllegalStateException("a wish is never a failure", e);
        }
    }

    Optional<Reason> asked() {
        return Optional.ofNullable(reason.getNow(null));
    }

    CompletableFuture<Reason> future() {
        return reason;
    }
}
