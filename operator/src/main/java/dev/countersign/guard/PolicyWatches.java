package dev.countersign.guard;

import dev.countersign.guard.check.PolicyKey;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Says when something about the policies that guard has happened. The filling policies are not
 * watched, as not every cluster has them: the looks at intervals see them, and by their generation what became of them in
 * between.
 */
final class PolicyWatches implements AutoCloseable {

    private final List<SharedIndexInformer<?>> informers = new ArrayList<>();

    PolicyWatches(KubernetesClient client, Set<PolicyKey> keys, Runnable wake) {
        for (PolicyKey key : keys) {
            if (key.kind().guards()) {
                var context = new ResourceDefinitionContext.Builder()
                        .withGroup(PolicyReader.GROUP)
                        .withVersion(PolicyReader.VERSION)
                        .withKind(key.kind().kind())
                        .withPlural(key.kind().plural())
                        .withNamespaced(false)
                        .build();
                add(
                        client.genericKubernetesResources(context)
                                .withName(key.name())
                                .runnableInformer(0),
                        wake);
            }
        }
    }

    /** Begins, and returns at once. Goes on trying for ever what cannot be watched yet. */
    void start() {
        informers.forEach(SharedIndexInformer::start);
    }

    @Override
    public void close() {
        informers.forEach(SharedIndexInformer::stop);
    }

    private <T> void add(SharedIndexInformer<T> informer, Runnable wake) {
        informer.addEventHandler(new Wake<>(wake));
        informer.exceptionHandler((started, problem) -> true);
        informers.add(informer);
    }

    private record Wake<T>(Runnable wake) implements ResourceEventHandler<T> {

        @Override
        public void onAdd(T object) {
            wake.run();
        }

        @Override
        public void onUpdate(T before, T object) {
            wake.run();
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            wake.run();
        }
    }
}
