package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardRecordsTest {

    private static final Instant SINCE = Instant.parse("2026-11-21T12:00:00Z");
    private static final GuardState INTACT =
            new GuardState(true, List.of(), "sha256:" + "a".repeat(64), SINCE, Mode.ENFORCE);
    private static final GuardState BROKEN = GuardState.broken(List.of("something"));

    private final TestingGuardJournal journal = new TestingGuardJournal();
    private final AtomicInteger written = new AtomicInteger();
    private final GuardRecords records = new GuardRecords(journal, written::incrementAndGet);

    @Test
    void eachChangeIsWrittenOnce() {
        records.judged(INTACT, "i");
        records.judged(INTACT, "i");
        records.judged(BROKEN, "i");
        records.judged(BROKEN, "j");
        records.judged(INTACT, "j");
        records.judged(INTACT, "j");

        assertThat(journal.words()).containsExactly("observed", "failed", "restored");
        assertThat(written).hasValue(3);
    }

    @Test
    void otherObjectsOrALaterInstantAreNews() {
        records.judged(INTACT, "i");
        records.judged(INTACT, "j");
        records.judged(new GuardState(true, List.of(), INTACT.digest(), SINCE.plusSeconds(1), Mode.ENFORCE), "j");

        assertThat(journal.words()).containsExactly("observed", "observed", "observed");
    }

    @Test
    void theNextOperatorGoesOnFromTheRecord() {
        records.judged(BROKEN, "");
        var next = new GuardRecords(journal, written::incrementAndGet);

        next.judged(BROKEN, "");
        next.judged(INTACT, "i");

        assertThat(journal.words()).containsExactly("failed", "restored");
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLater() {
        journal.answerWith(CompletableFuture.failedFuture(new IllegalStateException("full")));
        records.judged(BROKEN, "");
        assertThat(journal.words()).isEmpty();

        journal.answerWith(CompletableFuture.completedFuture(null));
        records.judged(BROKEN, "");

        assertThat(journal.words()).containsExactly("failed");
        assertThat(written).hasValue(1);
    }

    @Test
    void nothingIsWrittenBesideWhatIsUnderWay() {
        var durable = new CompletableFuture<Void>();
        journal.answerWith(durable);
        records.judged(INTACT, "i");
        records.judged(BROKEN, "i");

        durable.complete(null);
        records.judged(BROKEN, "i");

        assertThat(journal.words()).containsExactly("observed", "failed");
    }
}
