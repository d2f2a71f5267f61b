package dev.countersign.guard;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps in memory what is written down. */
final class TestingGuardJournal implements GuardJournal {

    private final Clock clock;
    private final List<String> words = new CopyOnWriteArrayList<>();
    private volatile Optional<Entry> last = Optional.empty();

    TestingGuardJournal(Clock clock) {
        this.clock = clock;
    }

    /** {@code observed}, {@code failed} and {@code restored}, in the order they were written. */
    List<String> words() {
        return List.copyOf(words);
    }

    @Override
    public Optional<Entry> last() {
        return last;
    }

    @Override
    public void observed(String digest, String identity) {
        write("observed", true, identity);
    }

    @Override
    public void failed(GuardState state, String identity) {
        write("failed", false, identity);
    }

    @Override
    public void restored(String digest, String identity) {
        write("restored", true, identity);
    }

    private void write(String word, boolean intact, String identity) {
        words.add(word);
        last = Optional.of(new Entry(intact, identity, clock.instant()));
    }
}
