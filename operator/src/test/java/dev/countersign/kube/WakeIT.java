package dev.countersign.kube;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The framework and a real API server: an object is made anew while the deletion of its namesake is being handled. */
@Timeout(60)
class WakeIT {
    private static final String NAMESPACE = "default";
    private static final String NAME = "countersign-namesake";
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final KubernetesClient client = new KubernetesClientBuilder().build();
    private final Operator operator =
            new Operator(overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));

    @ControllerConfiguration(
            name = "namesakes",
            triggerReconcilerOnAllEvents = true,
            informer = @Informer(namespaces = NAMESPACE, labelSelector = "countersign.dev/test=namesakes"))
    private static final class Slow implements Reconciler<ConfigMap> {
        final Set<String> seen = ConcurrentHashMap.newKeySet();
        final CountDownLatch deletion = new CountDownLatch(1);
        final CountDownLatch newOneIsThere = new CountDownLatch(1);
        final Wake<ConfigMap> wake = new Wake<>("wake");
        private final boolean looksAgain;

        Slow(boolean looksAgain) {
            this.looksAgain = looksAgain;
        }

        @Override
        public List<EventSource<?, ConfigMap>> prepareEventSources(EventSourceContext<ConfigMap> context) {
            return List.of(wake.over(context.getPrimaryCache()));
        }

        @Override
        public UpdateControl<ConfigMap> reconcile(ConfigMap object, Context<ConfigMap> context)
                throws InterruptedException {
            if (context.isPrimaryResourceDeleted()) {
                deletion.countDown();
                newOneIsThere.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                if (looksAgain) {
                    wake.namesakeOf(object);
                }
            } else {
                seen.add(object.getMetadata().getUid());
            }
            return UpdateControl.noUpdate();
        }
    }

    @AfterEach
    void leave() {
        operator.stop();
        client.configMaps().inNamespace(NAMESPACE).withName(NAME).delete();
        client.close();
    }

    @Test
    void aNamesakeIsSeenThoughItsCreationFellIntoTheDeletion() throws InterruptedException {
        var slow = new Slow(true);
        String anew = madeAnewDuringTheDeletion(slow);
        await("the new one is reconciled").atMost(PATIENCE).until(() -> slow.seen.contains(anew));
    }

    /** What this is for: should this fail one day, the framework has learned it, and {@link Wake#namesakeOf} can go. */
    @Test
    void theFrameworkAloneForgetsIt() throws InterruptedException {
        var slow = new Slow(false);
        String anew = madeAnewDuringTheDeletion(slow);
        await("nobody looks at the new one")
                .during(Duration.ofSeconds(2))
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(slow.seen).doesNotContain(anew));
    }

    private String madeAnewDuringTheDeletion(Slow slow) throws InterruptedException {
        operator.register(slow);
        operator.start();
        String first = create();
        await("the first is reconciled").atMost(PATIENCE).until(() -> slow.seen.contains(first));
        client.configMaps().inNamespace(NAMESPACE).withName(NAME).delete();
        assertThat(slow.deletion.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        String anew = create();
        // Until its event has come.
        Thread.sleep(Duration.ofSeconds(1));
        slow.newOneIsThere.countDown();
        return anew;
    }

    private String create() {
        return client.resource(new ConfigMapBuilder()
                        .withNewMetadata()
                        .withName(NAME)
                        .withNamespace(NAMESPACE)
                        .addToLabels("countersign.dev/test", "namesakes")
                        .endMetadata()
                        .build())
                .create()
                .getMetadata()
                .getUid();
    }
}
