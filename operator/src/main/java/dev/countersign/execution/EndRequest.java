package dev.countersign.execution;

import dev.countersign.api.Reason;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The operator's wish to end a run: set once, the first reason stays. */
final class EndRequest {
    private final CompletableFuture<Reason> reason = new CompletableFuture<>();

    void ask(Reason why) {
        reason.complete(why);
    }

    Optional<Reason> asked() {
        return Optional.ofNullable(reason.getNow(null));
    }

    CompletableFuture<Reason> future() {
        return reason;
    }
}
