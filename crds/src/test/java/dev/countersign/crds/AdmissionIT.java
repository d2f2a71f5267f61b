package dev.countersign.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.crds.AdmissionCases.Case;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The committed CRDs against a real API server: it takes them (the cost of their CEL rules included), lets in what is
 * good, and refuses what is not with a message that names the field and the limit.
 *
 * <p>Needs {@code KUBECONFIG}, with the right to apply CRDs and to create a namespace. Run by the Maven profile
 * {@code cluster}.
 */
class AdmissionIT {

    private static final List<String> TABLES =
            List.of("codetemplate.yaml", "templateapproval.yaml", "execution.yaml", "executionapproval.yaml");

    private static final AtomicInteger NAMES = new AtomicInteger();

    private static KubernetesClient client;
    private static String namespace;
    private static final List<CustomResourceDefinition> INSTALLED_HERE = new ArrayList<>();

    @BeforeAll
    static void installTheCommittedCrds() {
        client = TestCluster.connect();
        CommittedCrds.yamlByFileName().values().forEach(AdmissionIT::ensureInstalled);
        Namespace made = client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("crds-test-")
                        .endMetadata()
                        .build())
                .create();
        namespace = made.getMetadata().getName();
    }

    /**
     * Absent CRDs are created, and removed at the end. Those that are there belong to someone (a Helm release, say),
     * who would find another owner of their fields at the next upgrade: they are left alone and must be the committed
     * ones.
     */
    private static void ensureInstalled(String yaml) {
        CustomResourceDefinition committed =
                client.getKubernetesSerialization().unmarshal(yaml, CustomResourceDefinition.class);
        Resource<CustomResourceDefinition> crd = client.resource(committed);
        CustomResourceDefinition present = crd.get();
        if (present == null) {
            INSTALLED_HERE.add(crd.create());
            crd.waitUntilCondition(AdmissionIT::isEstablished, 30, TimeUnit.SECONDS);
            return;
        }
        CustomResourceDefinition wanted = crd.dryRun()
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("countersign-crds-test")
                        .withForce(true)
                        .build());
        assertThat(present.getSpec())
                .as(
                        "%s in the cluster is not the committed one; kubectl apply --server-side -f crds/generated",
                        committed.getMetadata().getName())
                .isEqualTo(wanted.getSpec());
    }

    @AfterAll
    static void removeWhatWasMade() {
        if (client != null) {
            if (namespace != null) {
                client.namespaces().withName(namespace).delete();
            }
            INSTALLED_HERE.forEach(crd -> client.resource(crd).delete());
            client.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> acceptsWhatIsGood() {
        return tests(
                AdmissionCases::accepted,
                (table, line) -> resource(line.object()).dryRun().create());
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatIsNot() {
        return tests(
                AdmissionCases::refused,
                (table, line) -> assertRefused(
                        line, () -> resource(line.object()).dryRun().create()));
    }

    @TestFactory
    Stream<DynamicTest> fillsInDefaults() {
        return tests(AdmissionCases::defaults, (table, line) -> {
            GenericKubernetesResource stored = resource(line.object()).dryRun().create();
            JsonNode spec = new ObjectMapper().valueToTree(stored).path("spec");
            assertThat(spec).isEqualTo(line.change().path("spec"));
        });
    }

    @TestFactory
    Stream<DynamicTest> holdsUpdatesToTheRules() {
        return tests(AdmissionCases::updates, (table, line) -> {
            Resource<GenericKubernetesResource> created = resource(named(line.object()));
            created.create();
            try {
                String patch = AdmissionCases.json(line.change());
                PatchContext merge = PatchContext.of(PatchType.JSON_MERGE);
                if (line.says().isEmpty()) {
                    assertThat(created.patch(merge, patch)).isNotNull();
                } else {
                    assertRefused(line, () -> created.patch(merge, patch));
                }
            } finally {
                created.delete();
            }
        });
    }

    /** The schema knows every field of the types: nothing is pruned on the way through the API server. */
    @TestFactory
    Stream<DynamicTest> keepsEveryFieldOfTheStatus() {
        return GeneratedCrds.KINDS.stream()
                .map(kind -> DynamicTest.dynamicTest(kind.getSimpleName(), () -> {
                    JsonNode full = FullObjects.of(kind);
                    ObjectNode base = AdmissionCases.read(kind.getSimpleName().toLowerCase(Locale.ROOT) + ".yaml")
                            .base();
                    Resource<GenericKubernetesResource> created = resource(named(base));
                    created.create();
                    try {
                        ObjectNode patch = new ObjectMapper().createObjectNode();
                        patch.set("status", full.path("status"));
                        // A dry run, since an operator at work in the cluster writes the status of this object as well.
                        PatchContext merge = new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withDryRun(List.of("All"))
                                .build();
                        GenericKubernetesResource stored =
                                created.subresource("status").patch(merge, AdmissionCases.json(patch));

                        JsonNode status = new ObjectMapper().valueToTree(stored).path("status");
                        assertThat(status).isEqualTo(full.path("status"));
                    } finally {
                        created.delete();
                    }
                }));
    }

    private static Stream<DynamicTest> tests(
            Function<AdmissionCases, List<Case>> part, BiConsumer<AdmissionCases, Case> check) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String file : TABLES) {
            AdmissionCases table = AdmissionCases.read(file);
            List<Case> lines = part.apply(table);
            assertThat(lines).as(file).isNotEmpty();
            lines.forEach(line -> tests.add(DynamicTest.dynamicTest(
                    table.base().path("kind").asText() + ": " + line.name(), () -> check.accept(table, line))));
        }
        return tests.stream();
    }

    private static void assertRefused(Case line, Runnable request) {
        assertThat(line.says()).as("what the message says").isNotEmpty();
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode())
                        .isEqualTo(422))
                .hasMessageContainingAll(line.says().toArray(CharSequence[]::new));
    }

    /** A name of its own for every object that is really made: an earlier one may still be on its way out. */
    private static ObjectNode named(ObjectNode object) {
        ObjectNode copy = object.deepCopy();
        String name = "subject-" + NAMES.incrementAndGet();
        ((ObjectNode) copy.path("metadata")).put("name", name);
        if (copy.at("/spec/executionRef") instanceof ObjectNode execution) {
            execution.put("name", name);
        }
        return copy;
    }

    private static Resource<GenericKubernetesResource> resource(JsonNode object) {
        GenericKubernetesResource generic =
                client.getKubernetesSerialization().convertValue(object, GenericKubernetesResource.class);
        return client.resource(generic).inNamespace(namespace);
    }

    private static boolean isEstablished(CustomResourceDefinition crd) {
        return crd != null
                && crd.getStatus() != null
                && crd.getStatus().getConditions() != null
                && crd.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")
                                && c.getStatus().equals("True"));
    }
}
