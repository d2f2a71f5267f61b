package dev.countersign.kube;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpecBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a lease over from a leader that is known to be gone. */
final class Succession {
    private static final Logger LOG = LoggerFactory.getLogger(Succession.class);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(200);

    private final KubernetesClient client;
    private final Leadership.Terms terms;
    private final Clock clock;

    Succession(KubernetesClient client, Leadership.Terms terms, Clock clock) {
        this.client = client;
        this.terms = terms;
        this.clock = clock;
    }

    /** Returns when the lease is ours, or is not there at all: then there is nobody to take it from. */
    void take() throws InterruptedException {
        while (true) {
            try {
                Resource<Lease> lease =
                        client.leases().inNamespace(terms.namespace()).withName(terms.lease());
                Optional.ofNullable(lease.get())
                        .flatMap(now -> taken(now, clock.instant().atZone(ZoneOffset.UTC)))
                        .ifPresent(patch -> lease.patch(PatchContext.of(PatchType.JSON_MERGE), patch));
                return;
            } catch (KubernetesClientException e) {
                LOG.atWarn().setCause(e).log("the lease of the former leader cannot be taken over yet");
            }
            Thread.sleep(RETRY_PAUSE);
        }
    }

    /**
     * What makes the lease the successor's; empty where it is already. With the version that was read: of two changes one
     * is refused, looks again, and is made anew.
     */
    private Optional<String> taken(Lease lease, ZonedDateTime now) {
        var spec = lease.getSpec();
        if (spec != null && terms.identity().equals(spec.getHolderIdentity())) {
            return Optional.empty();
        }
        Integer transitions = spec == null ? null : spec.getLeaseTransitions();
        var next = new LeaseSpecBuilder()
                .withHolderIdentity(terms.identity())
                .withLeaseDurationSeconds((int) terms.duration().toSeconds())
                .withAcquireTime(now)
                .withRenewTime(now)
                .withLeaseTransitions(transitions == null ? 1 : transitions + 1)
                .build();
        return Optional.of(Serialization.asJson(
                Map.of("metadata", Map.of("resourceVersion", lease.getMetadata().getResourceVersion()), "spec", next)));
    }
}
