package dev.countersign.execution;

import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.AuditSubject;
import dev.countersign.kube.Catalog;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which Execution rests on which approval, and word to those whose approval is withdrawn: revoked, or deleted.
 *
 * <p>The watch says that something has changed; what it shows may be older than the live read that a run was decided
 * on. So an approval that it does not show is asked for itself before anybody is told that it is gone.
 */
final class ApprovalsInUse {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    /** Where approvals are looked at, of templates and of single runs; one of the same name and another UID is another. */
    interface Source {
        /** As last seen. */
        Optional<HasMetadata> seen(AuditSubject approval);

        /**
         * As it is now.
         *
         * @throws KubernetesClientException nobody answered, or not now
         */
        Optional<HasMetadata> live(AuditSubject approval);
    }

    private record Use(Catalog.TemplateKey template, List<AuditSubject> approvals, Runnable withdrawn) {}

    private final Map<String, Use> uses = new ConcurrentHashMap<>();
    private volatile @Nullable Source source;

    /** From now on approvals can be looked at; those in use are, first of all: much may have changed before. */
    void lookAt(Source approvals) {
        source = approvals;
        uses.forEach((uid, use) -> look(uid, use, approvals));
    }

    /**
     * The Execution rests on these approvals from now on, and on no others.
     *
     * @param withdrawn called when one of them is, once or more; before this returns, if it is known to be already
     */
    void rest(String executionUid, Catalog.TemplateKey template, List<AuditSubject> resting, Runnable withdrawn) {
        var use = new Use(template, List.copyOf(resting), withdrawn);
        uses.put(executionUid, use);
        Source approvals = source;
        if (approvals != null) {
            look(executionUid, use, approvals);
        }
    }

    /** The Execution rests on nothing any more. */
    void forget(String executionUid) {
        uses.remove(executionUid);
    }

    /** Something about the template, or an approval that names it, has changed. */
    void changed(Catalog.TemplateKey template) {
        look(use -> use.template().equals(template));
    }

    /** The object of an approval went. */
    void gone(String approvalUid) {
        look(use -> use.approvals().stream().anyMatch(each -> each.uid().equals(approvalUid)));
    }

    private void look(Predicate<Use> which) {
        Source approvals = source;
        if (approvals != null) {
            uses.forEach((uid, use) -> {
                if (which.test(use)) {
                    look(uid, use, approvals);
                }
            });
        }
    }

    private void look(String executionUid, Use use, Source approvals) {
        for (AuditSubject approval : use.approvals()) {
            var seen = approvals.seen(approval);
            if (seen.isEmpty()) {
                Thread.ofVirtual().name("approval-gone").start(() -> confirm(executionUid, use, approval, approvals));
            } else if (isWithdrawn(seen.get())) {
                use.withdrawn().run();
            }
        }
    }

    private void confirm(String executionUid, Use use, AuditSubject approval, Source approvals) {
        // As long as it matters: an unanswered question must not keep a revoked run alive.
        while (uses.get(executionUid) == use) {
            try {
                if (approvals.live(approval).filter(each -> !isWithdrawn(each)).isEmpty()) {
                    use.withdrawn().run();
                }
                return;
            } catch (KubernetesClientException e) {
                try {
                    Thread.sleep(RETRY_PAUSE);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private static boolean isWithdrawn(HasMetadata approval) {
        return approval.getMetadata().getDeletionTimestamp() != null
                || approval instanceof TemplateApproval ofTemplate
                        && ofTemplate.getSpec().revocation() != null;
    }
}
