package dev.countersign.execution;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** A question to the API server that is under way while something else is done. */
record Begun<T>(CompletableFuture<T> answer) {
    static <T> Begun<T> ask(Supplier<T> question) {
        return new Begun<>(CompletableFuture.supplyAsync(question, Thread::startVirtualThread));
    }

    static <T> Begun<T> known(T answer) {
        return new Begun<>(CompletableFuture.completedFuture(answer));
    }

    /** Waits for the answer; throws what the question threw. */
    T get() throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        }
    }
}
