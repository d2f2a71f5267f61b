package dev.countersign.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.api.Subject;
import dev.countersign.api.templateapproval.Revocation;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.api.templateapproval.TemplateApprovalSpec;
import dev.countersign.audit.Actor;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.kube.Catalog.TemplateKey;
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
    private static final ApprovalReference FIRST = reference("first");
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
        rest("two", reference("second"));

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
        rest("one", new ApprovalReference("first", "uid-of-a-former-first", FIRST.approvedBy()));

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

    private void rest(String uid, ApprovalReference approval) {
        approvals.rest(uid, REPORT, approval, () -> withdrawn.add(uid));
    }

    private static ApprovalReference reference(String name) {
        return new ApprovalReference(name, "uid-" + name, new Actor("alice", null));
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
        public List<TemplateApproval> seen(TemplateKey template) {
            return List.copyOf(seen.values());
        }

        @Override
        public Optional<TemplateApproval> live(String namespace, String name) {
            asked.incrementAndGet();
            if (failures.getAndDecrement() > 0) {
                throw new KubernetesClientException("nobody answers");
            }
            return Optional.ofNullable(live.get(name));
        }
    }
}
