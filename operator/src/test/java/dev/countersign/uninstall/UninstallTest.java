package dev.countersign.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Subject;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import dev.countersign.api.execution.PinnedTemplateReference;
import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.config.DepartmentsFile;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.EnableKubernetesMockClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The API server here is a simple one: it knows no scale subresource, so the deployment is as good as gone, and cannot
 * shorten a list by a patch, only remove it.
 */
@Timeout(30)
@EnableKubernetesMockClient(crud = true)
class UninstallTest {
    private static final String OPERATOR_NAMESPACE = "countersign-system";
    private static final Departments DEPARTMENTS = new Departments(List.of(
            new Department("finance", "finance", "finance-sandboxes", DepartmentPolicy.DEFAULT),
            new Department("legal", "legal", "legal-sandboxes", DepartmentPolicy.DEFAULT)));

    KubernetesClient client;

    @Test
    void deletesTheSandboxesOfAllDepartmentsAndNothingElse() throws InterruptedException {
        // Given
        pod("finance-sandboxes", "sbx-1", "sandbox");
        pod("legal-sandboxes", "sbx-2", "sandbox");
        pod("legal-sandboxes", "of-somebody-else", "web");
        pod("other", "sbx-3", "sandbox");

        // When
        boolean done = uninstall(() -> DEPARTMENTS).run();

        // Then
        assertThat(done).isTrue();
        assertThat(client.pods().inAnyNamespace().list().getItems())
                .extracting(each -> each.getMetadata().getName())
                .containsExactlyInAnyOrder("of-somebody-else", "sbx-3");
    }

    @Test
    void takesOurFinalizerOffEveryExecution() throws InterruptedException {
        // Given
        for (int i = 0; i < 120; i++) {
            execution("run-" + i, List.of(Execution.FINALIZER));
        }
        execution("of-another", List.of("example.org/mine"));

        // When
        boolean done = uninstall(() -> DEPARTMENTS).run();

        // Then
        assertThat(done).isTrue();
        assertThat(client.resources(Execution.class).inAnyNamespace().list().getItems())
                .hasSize(121)
                .allSatisfy(each -> assertThat(each.getFinalizers())
                        .isEqualTo(
                                each.getMetadata().getName().equals("of-another")
                                        ? List.of("example.org/mine")
                                        : List.of()));
    }

    @Test
    void admissionPutsTheFinalizerOnNothingMoreAfterwards() throws InterruptedException {
        // Given
        binding("countersign-identity-executions");
        binding("countersign-identity-templates");

        // When
        boolean done = uninstall(() -> DEPARTMENTS).run();

        // Then
        assertThat(done).isTrue();
        assertThat(bindings().list().getItems())
                .extracting(each -> each.getMetadata().getName())
                .containsExactly("countersign-identity-templates");
    }

    @Test
    void whatIsMadeBeforeTheApiServerHasSettledToThatIsReleasedToo() throws InterruptedException {
        // Given
        var patience = new Uninstall.Patience(
                Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofSeconds(2));
        var made = new AtomicBoolean();
        var late = Thread.ofVirtual().start(() -> {
            sleep(Duration.ofMillis(1200));
            execution("late", List.of(Execution.FINALIZER));
            made.set(true);
        });

        // When
        boolean done = new Uninstall(client, OPERATOR_NAMESPACE, () -> DEPARTMENTS, Clock.systemUTC(), patience).run();

        // Then
        late.join();
        assertThat(done).isTrue();
        assertThat(made).isTrue();
        assertThat(finalizersOf("late")).isEmpty();
    }

    @Test
    void goesOnWithoutAnOperatorThatDoesNotGo() throws InterruptedException {
        // Given
        pod(OPERATOR_NAMESPACE, "countersign-operator-1", "operator");
        execution("run-1", List.of(Execution.FINALIZER));

        // When
        boolean done = uninstall(() -> DEPARTMENTS).run();

        // Then
        assertThat(done).isTrue();
        assertThat(finalizersOf("run-1")).isEmpty();
    }

    @Test
    void aStepThatFailsDoesNotKeepTheOthersFromBeingDone() throws InterruptedException {
        // Given
        execution("run-1", List.of(Execution.FINALIZER));

        // When
        boolean done = uninstall(() -> DepartmentsFile.read(Path.of("/nowhere/departments.yaml"), OPERATOR_NAMESPACE))
                .run();

        // Then
        assertThat(done).isFalse();
        assertThat(finalizersOf("run-1")).isEmpty();
    }

    @Test
    void endsWhenItsTimeIsOver() throws InterruptedException {
        // Given
        execution("run-1", List.of(Execution.FINALIZER));
        var none = new Uninstall.Patience(Duration.ZERO, Duration.ZERO, Duration.ofMillis(1), Duration.ZERO);

        // When
        boolean done = new Uninstall(client, OPERATOR_NAMESPACE, () -> DEPARTMENTS, Clock.systemUTC(), none).run();

        // Then
        assertThat(done).isFalse();
        assertThat(finalizersOf("run-1")).isNotEmpty();
    }

    private Uninstall uninstall(Supplier<Departments> departments) {
        var patience = new Uninstall.Patience(
                Duration.ofMillis(300), Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ZERO);
        return new Uninstall(client, OPERATOR_NAMESPACE, departments, Clock.systemUTC(), patience);
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            bindings() {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                .withGroup("admissionregistration.k8s.io")
                .withVersion("v1")
                .withKind("MutatingAdmissionPolicyBinding")
                .withPlural("mutatingadmissionpolicybindings")
                .withNamespaced(false)
                .build());
    }

    private void binding(String name) {
        bindings()
                .resource(new GenericKubernetesResourceBuilder()
                        .withApiVersion("admissionregistration.k8s.io/v1")
                        .withKind("MutatingAdmissionPolicyBinding")
                        .withNewMetadata()
                        .withName(name)
                        .endMetadata()
                        .build())
                .create();
    }

    private List<String> finalizersOf(String name) {
        return client.resources(Execution.class)
                .inNamespace("finance")
                .withName(name)
                .get()
                .getFinalizers();
    }

    private void pod(String namespace, String name, String component) {
        Pod pod = new PodBuilder()
                .withMetadata(new ObjectMetaBuilder()
                        .withNamespace(namespace)
                        .withName(name)
                        .withLabels(Map.of(
                                "app.kubernetes.io/name", "countersign", "app.kubernetes.io/component", component))
                        .build())
                .build();
        client.resource(pod).create();
    }

    private void execution(String name, List<String> finalizers) {
        var execution = new Execution();
        execution.setMetadata(new ObjectMetaBuilder()
                .withNamespace("finance")
                .withName(name)
                .withFinalizers(finalizers)
                .withCreationTimestamp(Instant.EPOCH.toString())
                .build());
        execution.setSpec(new ExecutionSpec(
                new PinnedTemplateReference("report", null),
                null,
                null,
                List.of(),
                null,
                null,
                new Subject("agent", null),
                null,
                null,
                null,
                null));
        client.resource(execution).create();
    }
}
