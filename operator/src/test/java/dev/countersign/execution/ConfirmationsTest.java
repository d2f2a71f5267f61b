package dev.countersign.execution;

import static dev.countersign.execution.TestingObjects.approval;
import static dev.countersign.execution.TestingObjects.decision;
import static dev.countersign.execution.TestingObjects.execution;
import static dev.countersign.execution.TestingObjects.template;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.kube.Catalog;
import dev.countersign.kube.RunFacts;
import dev.countersign.kube.WatchedTemplates;
import dev.countersign.policy.RunChecks;
import dev.countersign.policy.RunRequest;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Behind a run that goes on already: what its approvals, all of them, say of it. */
@Timeout(20)
class ConfirmationsTest {
    private static final String EARLY = "2026-11-21T11:10:00Z";
    private static final String LATER = "2026-11-21T11:20:00Z";

    private final CodeTemplate template = template("print(1)");
    private final TemplateApproval first = approval("a1", template, EARLY);
    private final AtomicInteger withdrawn = new AtomicInteger();
    private final Listing listing = new Listing();
    private final Confirmations confirmations = new Confirmations(listing, RunChecks.chain());

    @Test
    void whatIsStillAllowedGoesOn() {
        listing.now = List.of(first, approval("a2", template, LATER));
        confirmed();
        assertThat(withdrawn).hasValue(0);
    }

    @Test
    void aDenialThatTheWatchHadNotShownEndsTheRun() {
        listing.now = List.of(first, decision("d1", template, LATER, "decision: Denied"));
        confirmed();
        assertThat(withdrawn).hasValue(1);
    }

    @Test
    void soDoesANarrowerApproval() {
        listing.now = List.of(
                first,
                decision("a2", template, LATER, "decision: Approved\n    ceilings: {limits: {wallTimeSeconds: 1}}"));
        confirmed();
        assertThat(withdrawn).hasValue(1);
    }

    @Test
    void soDoesOneThatAsksForAPerson() {
        listing.now = List.of(
                first, decision("a2", template, LATER, "decision: Approved\n    ceilings: {autonomy: Supervised}"));
        confirmed();
        assertThat(withdrawn).hasValue(1);
    }

    @Test
    void anUnansweredListIsAskedForAgain() {
        listing.failures.set(1);
        listing.now = List.of(decision("d1", template, LATER, "decision: Denied"));
        confirmations.confirm(allowed(), withdrawn::incrementAndGet);
        await().until(() -> withdrawn.get() == 1);
        assertThat(listing.asked).hasValue(2);
    }

    @Test
    void butNotForARunThatIsOver() {
        listing.failures.set(Integer.MAX_VALUE);
        confirmations.confirm(allowed(), withdrawn::incrementAndGet).close();
        await().until(() -> listing.asked.get() >= 1);
        int asked = listing.asked.get();
        await().during(Duration.ofMillis(1200)).until(() -> listing.asked.get() <= asked + 1);
    }

    @Test
    void runsThatComeWhileOneIsAskedForShareTheNext() {
        // Given
        listing.now = List.of(first);
        listing.gate = new CountDownLatch(1);
        confirmations.confirm(allowed(), withdrawn::incrementAndGet);
        await().until(() -> listing.asked.get() == 1);

        // When
        for (int i = 0; i < 20; i++) {
            confirmations.confirm(allowed(), withdrawn::incrementAndGet);
        }
        listing.now = List.of(decision("d1", template, LATER, "decision: Denied"));
        listing.gate.countDown();

        // Then: the first was answered with what stood when it was asked, those after it were not
        await().until(() -> withdrawn.get() == 20);
        assertThat(listing.asked).hasValue(2);
    }

    private void confirmed() {
        confirmations.confirm(allowed(), withdrawn::incrementAndGet);
        await().until(() -> listing.answered.get() == 1);
        // The thread that lists goes on to judge; a second one, asked for after it, is judged after it.
        listing.now = List.of(first);
        confirmations.confirm(allowed(), () -> {});
        await().until(() -> listing.answered.get() == 2);
    }

    private RunRequest allowed() {
        return TestingFacts.request(execution(""), template, List.of(first));
    }

    /** Answers with the approvals that stood when it was asked. */
    private final class Listing implements RunFacts {
        private volatile List<TemplateApproval> now = List.of();
        private volatile CountDownLatch gate = new CountDownLatch(0);
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger asked = new AtomicInteger();
        private final AtomicInteger answered = new AtomicInteger();

        @Override
        public List<RunRequest> relisted(Catalog.TemplateKey template, List<RunRequest> requests) {
            var stood = now;
            asked.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                throw new KubernetesClientException("nobody answers");
            }
            try {
                gate.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            var judged = requests.stream()
                    .map(each -> TestingFacts.request(
                            each.execution(), each.template().orElseThrow().template(), stood))
                    .toList();
            answered.incrementAndGet();
            return judged;
        }

        @Override
        public Optional<RunRequest> seen(Execution execution) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<RunRequest> look(Execution execution) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Optional<RunRequest> read(Execution execution) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void follow(WatchedTemplates watches) {
            throw new UnsupportedOperationException();
        }
    }
}
