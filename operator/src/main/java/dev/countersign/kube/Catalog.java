package dev.countersign.kube;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.audit.AuditSubject;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Templates and the approvals that name them: one watch on each kind for everybody who needs to know, and word to those
 * who must act when a template or anything about its approval changes.
 */
public final class Catalog implements WatchedTemplates, AutoCloseable {
    private static final String BY_TEMPLATE = "byTemplate";

    /** A template by its place; there need not be one of that name. */
    public record TemplateKey(String namespace, String name) {}

    private final KubernetesClient client;
    private final SharedIndexInformer<CodeTemplate> templates;
    private final SharedIndexInformer<TemplateApproval> approvals;
    private final SharedIndexInformer<ExecutionApproval> runApprovals;
    private final List<Consumer<TemplateKey>> listeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<String>> goneListeners = new CopyOnWriteArrayList<>();

    /** Starts watching; returns when all caches are filled. */
    public Catalog(KubernetesClient client) {
        this.client = client;
        templates = client.resources(CodeTemplate.class).inAnyNamespace().runnableInformer(0);
        templates.addEventHandler(new Changes<>(Catalog::key));
        approvals = client.resources(TemplateApproval.class).inAnyNamespace().runnableInformer(0);
        approvals.addIndexers(Map.of(BY_TEMPLATE, approval -> List.of(index(key(approval)))));
        approvals.addEventHandler(new Changes<>(Catalog::key));
        approvals.addEventHandler(new Gone<>());
        runApprovals =
                client.resources(ExecutionApproval.class).inAnyNamespace().runnableInformer(0);
        runApprovals.addEventHandler(new Gone<>());
        try {
            templates.run();
            approvals.run();
            runApprovals.run();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public Optional<CodeTemplate> template(TemplateKey key) {
        return Optional.ofNullable(templates.getIndexer().getByKey(index(key)));
    }

    /** All templates as last seen. */
    public List<CodeTemplate> templates() {
        return templates.getStore().list();
    }

    /** All approvals of runs as last seen. */
    public List<ExecutionApproval> runApprovals() {
        return runApprovals.getStore().list();
    }

    /** The template as it is now; asks the API server. */
    public Optional<CodeTemplate> liveTemplate(TemplateKey key) {
        return Optional.ofNullable(client.resources(CodeTemplate.class)
                .inNamespace(key.namespace())
                .withName(key.name())
                .get());
    }

    @Override
    public List<TemplateApproval> approvals(TemplateKey key) {
        return approvals.getIndexer().byIndex(BY_TEMPLATE, index(key));
    }

    /** {@code listener} is told whenever the template, or an approval that names it, came, changed or went. */
    public void onChange(Consumer<TemplateKey> listener) {
        listeners.add(listener);
    }

    /** {@code listener} is told the UID of each approval, of a template or of a run, whose object went. */
    public void onApprovalGone(Consumer<String> listener) {
        goneListeners.add(listener);
    }

    /** Tells all listeners of everything, because something that all of it is judged by has changed. */
    public void retell() {
        Stream.concat(
                        templates.getStore().list().stream().map(Catalog::key),
                        approvals.getStore().list().stream().map(Catalog::key))
                .distinct()
                .forEach(this::tell);
    }

    /** Whether this very approval was there when last seen. */
    public boolean hasApproval(AuditSubject subject) {
        return approval(subject).isPresent();
    }

    /** Whether this very approval is there; asks the API server. */
    public boolean hasApprovalLive(AuditSubject subject) {
        return approvalLive(subject).isPresent();
    }

    /** This very approval, of a template or of a run, as last seen. */
    public Optional<HasMetadata> approval(AuditSubject subject) {
        var cache = isOfRun(subject) ? runApprovals : approvals;
        return Optional.<HasMetadata>ofNullable(cache.getStore().getByKey(subject.namespace() + "/" + subject.name()))
                .filter(each -> isThis(subject, each));
    }

    /** This very approval as it is now; asks the API server. */
    public Optional<HasMetadata> approvalLive(AuditSubject subject) {
        return Optional.<HasMetadata>ofNullable(
                        isOfRun(subject)
                                ? live(ExecutionApproval.class, subject)
                                : live(TemplateApproval.class, subject))
                .filter(each -> isThis(subject, each));
    }

    private static boolean isOfRun(AuditSubject subject) {
        return subject.kind().equals(HasMetadata.getKind(ExecutionApproval.class));
    }

    private <T extends HasMetadata> @Nullable T live(Class<T> kind, AuditSubject subject) {
        return client.resources(kind)
                .inNamespace(subject.namespace())
                .withName(subject.name())
                .get();
    }

    private static boolean isThis(AuditSubject subject, HasMetadata object) {
        return object.getMetadata().getUid().equals(subject.uid());
    }

    private void tell(TemplateKey template) {
        listeners.forEach(listener -> listener.accept(template));
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
        runApprovals.stop();
    }

    private final class Gone<T extends HasMetadata> implements ResourceEventHandler<T> {
        @Override
        public void onAdd(T object) {}

        @Override
        public void onUpdate(T before, T object) {
            // Deleted and made again between two looks of the watch.
            if (!before.getMetadata().getUid().equals(object.getMetadata().getUid())) {
                onDelete(before, true);
            }
        }

        @Override
        public void onDelete(T object, boolean finalStateUnknown) {
            goneListeners.forEach(
                    listener -> listener.accept(object.getMetadata().getUid()));
        }
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
            Catalog.this.tell(keyOf.apply(object));
        }
    }
}
