package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.templateapproval.TemplateApproval;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Templates and the approvals that name them: one watch on each kind for everybody who needs to know, and word to those
 * who must act when a template or anything about its approval changes.
 */
public final class Catalog implements AutoCloseable {
    private static final String BY_TEMPLATE = "byTemplate";

    /** A template by its place; there need not be one of that name. */
    public record TemplateKey(String namespace, String name) {}

    private final KubernetesClient client;
    private final SharedIndexInformer<CodeTemplate> templates;
    private final SharedIndexInformer<TemplateApproval> approvals;
    private final List<Consumer<TemplateKey>> listeners = new CopyOnWriteArrayList<>();

    /** Starts watching; returns when both caches are filled. */
    public Catalog(KubernetesClient client) {
        this.client = client;
        templates = client.resources(CodeTemplate.class).inAnyNamespace().runnableInformer(0);
        templates.addEventHandler(new Changes<>(Catalog::key));
        approvals = client.resources(TemplateApproval.class).inAnyNamespace().runnableInformer(0);
        approvals.addIndexers(Map.of(BY_TEMPLATE, approval -> List.of(index(key(approval)))));
        approvals.addEventHandler(new Changes<>(Catalog::key));
        templates.run();
        approvals.run();
    }

    /** The template as last seen. */
    public Optional<CodeTemplate> template(TemplateKey key) {
        return Optional.ofNullable(templates.getIndexer().getByKey(index(key)));
    }

    /** Approvals that name this template, as last seen. */
    public List<TemplateApproval> approvals(TemplateKey key) {
        return approvals.getIndexer().byIndex(BY_TEMPLATE, index(key));
    }

    /** The approval as it is now, asked of the API server. */
    public Optional<TemplateApproval> liveApproval(String namespace, String name) {
        return Optional.ofNullable(client.resources(TemplateApproval.class)
                .inNamespace(namespace)
                .withName(name)
                .get());
    }

    /** {@code listener} is told whenever the template, or an approval that names it, came, changed or went. */
    public void onChange(Consumer<TemplateKey> listener) {
        listeners.add(listener);
    }

    public static TemplateKey key(CodeTemplate template) {
        return new TemplateKey(
                template.getMetadata().getNamespace(), template.getMetadata().getName());
    }

    public static TemplateKey key(TemplateApproval approval) {
        return new TemplateKey(
                approval.getMetadata().getNamespace(),
                approval.getSpec().grant().templateRef().name());
    }

    private static String index(TemplateKey key) {
        return key.namespace() + "/" + key.name();
    }

    @Override
    public void close() {
        templates.stop();
        approvals.stop();
    }

    private final class Changes<T> implements ResourceEventHandler<T> {
        private final Function<T, TemplateKey> keyOf;

        Changes(Function<T, TemplateKey> keyOf) {
            this.keyOf = keyOf;
        }

        @Override
        public void onAdd(T object) {
            tell(object);
        }

        @Override
        public void onUpdate(T before, T object) {
            tell(object);
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            tell(object);
        }

        private void tell(T object) {
            listeners.forEach(listener -> listener.accept(keyOf.apply(object)));
        }
    }
}
