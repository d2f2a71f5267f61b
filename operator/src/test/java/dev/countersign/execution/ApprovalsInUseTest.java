package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.Revocation;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.api.templateapproval.TemplateApprovalSpec;
import dev.countersign.audit.AuditSubject;
import dev.countersign.kube.Catalog.TemplateKey;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ApprovalsInUseTest {
    private static final TemplateKey REPORT = new TemplateKey("finance", "report");
    private static final AuditSubject FIRST = subject("first", "uid-first");
    private static final Duration A_WHILE = Duration.ofMillis(150);

    private final TestingSource source = new TestingSource();
    private final List<String> withdrawn = new CopyOnWriteArrayList<>();
    private final ApprovalsInUse approvals = new ApprovalsInUse();

    @BeforeEach
    void firstIsInForce() {
        source.seen.put("first", approval("first", false));
        source.live.put("first", approval("first", false));
    }

    @Test
    void tellsThoseWhoseApprovalIsRevokedAndNobodyElse() {
        // Given
        source.seen.put("second", approval("second", false));
        approvals.lookAt(source);
        rest("one", FIRST);
        rest("two", subject("second", "uid-second"));

        // When
        source.seen.put("first", approval("first", true));
        approvals.changed(REPORT);

        // Then
        assertThat(withdrawn).containsExactly("one");
    }

    @Test
    void tellsThoseWhoseApprovalIsDeleted() {
        // Given
        approvals.lookAt(source);
        rest("one", FIRST);

        // When
        source.delete("first");
        approvals.changed(REPORT);

        // Then
        await().until(() -> withdrawn.equals(List.of("one")));
    }

    @Test
    void anotherApprovalOfTheSameNameIsAnother() {
        // Given
        approvals.lookAt(source);
        rest("one", subject("first", "uid-of-a-former-first"));

        // Then
        await().until(() -> withdrawn.equals(List.of("one")));
    }

    @Test
    void oneThatTheWatchHasNotShownYetIsNotGone() {
        // Given
        source.seen.clear();
        approvals.lookAt(source);

        // When
        rest("one", FIRST);
        approvals.changed(REPORT);

        // Then
        await().until(() -> source.asked.get() == 2);
        await().during(A_WHILE).until(withdrawn::isEmpty);
    }

    @Test
    void asksUntilItIsAnswered() {
        // Given
        source.delete("first");
        source.failures.set(2);
        approvals.lookAt(source);

        // When
        rest("one", FIRST);

        // Then
        await().until(() -> withdrawn.equals(List.of("one")));
        assertThat(source.asked).hasValue(3);
    }

    @Test
    void oneOfTwoThatGoesIsEnough() {
        // Given: approved as a template, and as this very run
        source.seen.put("run-1", approval("run-1", false));
        source.live.put("run-1", approval("run-1", false));
        approvals.lookAt(source);
        rest("one", FIRST, subject("run-1", "uid-run-1"));
        rest("two", FIRST);

        // When
        source.delete("run-1");
        approvals.gone("uid-run-1");

        // Then
        await().until(() -> withdrawn.equals(List.of("one")));
    }

    @Test
    void whatWasRevokedBeforeAnybodyLookedIsFoundAtTheFirstLook() {
        // Given: a run that a former operator left, and a revocation while none was there
        rest("one", FIRST);
        source.seen.put("first", approval("first", true));
        assertThat(withdrawn).isEmpty();

        // When
        approvals.lookAt(source);

        // Then
        assertThat(withdrawn).containsExactly("one");
    }

    @Test
    void whatIsRevokedAlreadyIsToldAtOnce() {
        // Given
        approvals.lookAt(source);
        source.seen.put("first", approval("first", true));

        // When
        rest("one", FIRST);

        // Then
        assertThat(withdrawn).containsExactly("one");
    }

    @Test
    void whoIsOverIsToldNothing() {
        // Given
        approvals.lookAt(source);
        rest("one", FIRST);

        // When
        approvals.forget("one");
        source.seen.put("first", approval("first", true));
        approvals.changed(REPORT);

        // Then
        assertThat(withdrawn).isEmpty();
    }

    private void rest(String uid, AuditSubject... resting) {
        approvals.rest(uid, REPORT, List.of(resting), () -> withdrawn.add(uid));
    }

    private static AuditSubject subject(String name, String uid) {
        return new AuditSubject("finance", "TemplateApproval", name, uid, 1);
    }

    private static TemplateApproval approval(String name, boolean revoked) {
        var approval = new TemplateApproval();
        approval.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName(name)
                .withUid("uid-" + name)
                .build());
        approval.setSpec(new TemplateApprovalSpec(
                null, revoked ? new Revocation(new Subject("alice", null), "no longer needed") : null));
        return approval;
    }

    private static final class TestingSource implements ApprovalsInUse.Source {
        private final Map<String, TemplateApproval> seen = new ConcurrentHashMap<>();
        private final Map<String, TemplateApproval> live = new ConcurrentHashMap<>();
        private final AtomicInteger failures = new AtomicInteger();
        private final AtomicInteger asked = new AtomicInteger();

        void delete(String name) {
            seen.remove(name);
            live.remove(name);
        }

        @Override
        public Optional<HasMetadata> seen(AuditSubject approval) {
            return find(seen, approval);
        }

        @Override
        public Optional<HasMetadata> live(AuditSubject approval) {
            asked.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                throw new KubernetesClientException("nobody answers");
            }
            return find(live, approval);
        }

        private static Optional<HasMetadata> find(Map<String, TemplateApproval> all, AuditSubject approval) {
            return Optional.<HasMetadata>ofNullable(all.get(approval.name()))
                    .filter(each -> each.getMetadata().getUid().equals(approval.uid()));
        }
    }
}
