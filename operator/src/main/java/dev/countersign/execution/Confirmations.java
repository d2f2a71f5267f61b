package dev.countersign.execution;

import dev.countersign.kube.Catalog;
import dev.countersign.kube.RunFacts;
import dev.countersign.policy.CheckChain;
import dev.countersign.policy.RunRequest;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks once more, behind each run that was authorized on approvals read by name, at all approvals there are: one that
 * the watch has not shown yet, a denial or a narrower approval, ends the run as a revocation does.
 *
 * <p>Runs of one template share a list: those that are authorized while one is asked for are served by the next.
 */
final class Confirmations {
    private static final Logger LOG = LoggerFactory.getLogger(Confirmations.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(500);

    private final RunFacts facts;
    private final CheckChain checks;
    // A template is in it while a thread works for it.
    private final Map<Catalog.TemplateKey, List<Confirmation>> waiting = new HashMap<>();

    Confirmations(RunFacts facts, CheckChain checks) {
        this.facts = facts;
        this.checks = checks;
    }

    /** One run that is to be confirmed; closed when it is over: it is still looked at once, but not asked for again. */
    static final class Confirmation implements AutoCloseable {
        private final RunRequest request;
        private final Runnable withdrawn;
        private volatile boolean over;

        private Confirmation(RunRequest request, Runnable withdrawn) {
            this.request = request;
            this.withdrawn = withdrawn;
        }

        @Override
        public void close() {
            over = true;
        }
    }

    /**
     * Begins to look, and returns at once.
     *
     * @param request as it was allowed, and as its authorization says
     * @param withdrawn called if the request would not have been allowed so
     */
    Confirmation confirm(RunRequest request, Runnable withdrawn) {
        var confirmation = new Confirmation(request, withdrawn);
        var meta = request.execution().getMetadata();
        var template = new Catalog.TemplateKey(
                meta.getNamespace(), request.execution().getSpec().templateRef().name());
        synchronized (waiting) {
            var others = waiting.get(template);
            if (others != null) {
                others.add(confirmation);
                return confirmation;
            }
            waiting.put(template, new ArrayList<>(List.of(confirmation)));
        }
        Thread.ofVirtual().name("confirmation").start(() -> work(template));
        return confirmation;
    }

    private void work(Catalog.TemplateKey template) {
        for (var batch = next(template); !batch.isEmpty(); batch = next(template)) {
            look(template, batch);
        }
    }

    private List<Confirmation> next(Catalog.TemplateKey template) {
        synchronized (waiting) {
            var batch = waiting.getOrDefault(template, List.of());
            if (batch.isEmpty()) {
                waiting.remove(template);
            } else {
                waiting.put(template, new ArrayList<>());
            }
            return batch;
        }
    }

    private void look(Catalog.TemplateKey template, List<Confirmation> batch) {
        // As long as it matters: an unanswered question must not keep a run alive that a person has denied.
        do {
            try {
                var relisted = facts.relisted(
                        template, batch.stream().map(each -> each.request).toList());
                for (int i = 0; i < batch.size(); i++) {
                    settle(batch.get(i), relisted.get(i));
                }
                return;
            } catch (KubernetesClientException e) {
                LOG.atWarn()
                        .addKeyValue("template", template.namespace() + "/" + template.name())
                        .setCause(e)
                        .log("approvals not listed yet behind runs that rest on them");
                if (!pause()) {
                    return;
                }
            } catch (RuntimeException e) {
                // Nobody foresaw it; what cannot be confirmed does not go on.
                LOG.atError().setCause(e).log("approvals could not be confirmed");
                batch.forEach(each -> each.withdrawn.run());
                return;
            }
        } while (!batch.stream().allMatch(each -> each.over));
    }

    private void settle(Confirmation confirmation, RunRequest relisted) {
        if (!stands(checks, confirmation.request, relisted)) {
            LOG.atWarn()
                    .addKeyValue(
                            "execution",
                            relisted.execution().getMetadata().getNamespace() + "/"
                                    + relisted.execution().getMetadata().getName())
                    .addKeyValue("over", confirmation.over)
                    .log("an approval that the watch had not shown would not have allowed this run: "
                            + relisted.judgement().message());
            confirmation.withdrawn.run();
        }
    }

    /** Whether what was allowed would be allowed so by all approvals that there are. Pure. */
    static boolean stands(CheckChain checks, RunRequest allowed, RunRequest relisted) {
        return checks.decide(relisted).allows()
                && allowed.limits().cappedBy(relisted.limits()).equals(allowed.limits());
    }

    private static boolean pause() {
        try {
            Thread.sleep(RETRY_PAUSE);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
