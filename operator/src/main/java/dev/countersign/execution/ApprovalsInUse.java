package dev.countersign.execution;

import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.ApprovalReference;
import dev.countersign.kube.Catalog;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which Execution rests on which approval, and word to those whose approval is withdrawn: revoked, or deleted.
 *
 * <p>The watch says that something has changed; what it shows may be older than the live read that a run was decided
 * on. So an approval that it does not show is asked for itself before anybody is told that it is gone.
 */
final class ApprovalsInUse {
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    /** Where approvals are looked at. */
    interface Source {
        /** Those that name the template, as last seen. */
        List<TemplateApproval> seen(Catalog.TemplateKey template);

        /**
         * As it is now.
         *
         * @throws KubernetesClientException nobody answered, or not now
         */
        Optional<TemplateApproval> live(String namespace, String name);
    }

    private record Use(Catalog.TemplateKey template, ApprovalReference approval, Runnable withdrawn) {}

    private final Map<String, Use> uses = new ConcurrentHashMap<>();
    private volatile @Nullable Source source;

    /** From now on approvals can be looked at; those in use are, first of all: much may have changed before. */
    void lookAt(Source approvals) {
        source = approvals;
        uses.forEach((uid, use) -> look(uid, use, approvals));
    }

    /**
     * The Execution rests on this approval from now on, and on no other.
     *
     * @param withdrawn called when the approval is, once or more; before this returns, if it is known to be already
     */
    void rest(String executionUid, Catalog.TemplateKey template, ApprovalReference approval, Runnable withdrawn) {
        var use = new Use(template, approval, withdrawn);
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
        Source approvals = source;
        if (approvals != null) {
            uses.forEach((uid, use) -> {
                if (use.template().equals(template)) {
                    look(uid, use, approvals);
                }
            });
        }
    }

    private void look(String executionUid, Use use, Source approvals) {
        var seen = approvals.seen(use.template()).stream()
                .filter(each -> is(each, use.approval()))
                .findFirst();
        if (seen.isEmpty()) {
            Thread.ofVirtual().name("approval-gone").start(() -> confirm(executionUid, use, approvals));
        } else if (isWithdrawn(seen.get())) {
            use.withdrawn().run();
        }
    }

    private void confirm(String executionUid, Use use, Source approvals) {
        // As long as it matters: an unanswered question must not keep a revoked run alive.
        while (uses.get(executionUid) == use) {
            try {
                boolean there = approvals
                        .live(use.template().namespace(), use.approval().name())
                        .filter(each -> is(each, use.approval()) && !isWithdrawn(each))
                        .isPresent();
                if (!there) {
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

    private static boolean is(TemplateApproval approval, ApprovalReference reference) {
        return approval.getMetadata().getUid().equals(reference.uid());
    }

    private static boolean isWithdrawn(TemplateApproval approval) {
        return approval.getSpec().revocation() != null || approval.getMetadata().getDeletionTimestamp() != null;
    }
}
