package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GuardRecordsTest {

    private static final Instant SINCE = Instant.parse("2026-11-21T12:00:00Z");
    private static final GuardState INTACT =
            new GuardState(true, List.of(), "sha256:" + "a".repeat(64), SINCE, Mode.ENFORCE);
    private static final GuardState BROKEN = GuardState.broken(List.of("something"));

    private static final SortedMap<String, Instant> NONE = Collections.emptySortedMap();

    private final TestingGuardJournal journal = new TestingGuardJournal();
    private final AtomicInteger written = new AtomicInteger();
    private final GuardRecords records = new GuardRecords(journal, written::incrementAndGet);

    @Test
    void eachChangeIsWrittenOnce() {
        records.judged(INTACT, "i", NONE);
        records.judged(INTACT, "i", NONE);
        records.judged(BROKEN, "i", NONE);
        records.judged(BROKEN, "j", NONE);
        records.judged(INTACT, "j", NONE);
        records.judged(INTACT, "j", NONE);

        assertThat(journal.words()).containsExactly("observed", "failed", "restored");
        assertThat(written).hasValue(3);
    }

    @Test
    void otherObjectsOrALaterInstantAreNews() {
        records.judged(INTACT, "i", NONE);
        records.judged(INTACT, "j", NONE);
        records.judged(new GuardState(true, List.of(), INTACT.digest(), SINCE.plusSeconds(1), Mode.ENFORCE), "j", NONE);

        assertThat(journal.words()).containsExactly("observed", "observed", "observed");
    }

    @Test
    void aDepartmentThatIsGuardedLaterThanTheOthersIsNews() {
        var finance = new TreeMap<>(Map.of("finance", Instant.MAX));
        records.judged(INTACT, "i", finance);
        records.judged(INTACT, "i", finance);
        records.judged(INTACT, "i", new TreeMap<>(Map.of("finance", SINCE.plusSeconds(9))));
        records.judged(INTACT, "i", NONE);

        assertThat(journal.words()).containsExactly("observed", "observed", "observed");
    }

    @Test
    void theNextOperatorGoesOnFromTheRecord() {
        records.judged(BROKEN, "", NONE);
        var next = new GuardRecords(journal, written::incrementAndGet);

        next.judged(BROKEN, "", NONE);
        next.judged(INTACT, "i", NONE);

        assertThat(journal.words()).containsExactly("failed", "restored");
    }

    @Test
    void whatCouldNotBeWrittenIsWrittenLater() {
        journal.answerWith(CompletableFuture.failedFuture(new IllegalStateException("full")));
        records.judged(BROKEN, "", NONE);
        assertThat(journal.words()).isEmpty();

        journal.answerWith(CompletableFuture.completedFuture(null));
        records.judged(BROKEN, "", NONE);

        assertThat(journal.words()).containsExactly("failed");
        assertThat(written).hasValue(1);
    }

    @Test
    void nothingIsWrittenBesideWhatIsUnderWay() {
        var durable = new CompletableFuture<Void>();
        journal.answerWith(durable);
        records.judged(INTACT, "i", NONE);
        records.judged(BROKEN, "i", NONE);

        durable.complete(null);
        records.judged(BROKEN, "i", NONE);

        assertThat(journal.words()).containsExactly("observed", "failed");
    }
}
