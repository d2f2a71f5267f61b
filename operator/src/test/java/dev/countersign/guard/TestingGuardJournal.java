package dev.countersign.guard;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps in memory what is written down. */
final class TestingGuardJournal implements GuardJournal {

    private final List<String> words = new CopyOnWriteArrayList<>();
    private volatile Optional<Entry> last = Optional.empty();
    private volatile CompletableFuture<?> answer = CompletableFuture.completedFuture(null);

    /** {@code observed}, {@code failed} and {@code restored}, in the order they were written. */
    List<String> words() {
        return List.copyOf(words);
    }

    /** From now on nothing is durable before this says so; what fails is not there. */
    void answerWith(CompletableFuture<?> answer) {
        this.answer = answer;
    }

    @Override
    public Optional<Entry> last() {
        return last;
    }

    @Override
    public CompletableFuture<?> observed(Standing standing) {
        return write("observed", Entry.of(standing));
    }

    @Override
    public CompletableFuture<?> failed(GuardState state) {
        return write("failed", Entry.BROKEN);
    }

    @Override
    public CompletableFuture<?> restored(Standing standing) {
        return write("restored", Entry.of(standing));
    }

    private CompletableFuture<?> write(String word, Entry entry) {
        return answer.thenRun(() -> {
            words.add(word);
            last = Optional.of(entry);
        });
    }
}
