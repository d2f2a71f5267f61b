package dev.countersign.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The cluster of {@code KUBECONFIG} with the chart's admission policies and two departments of the test's own, of which
 * most tests know the first alone. What is there already, from an installed chart, is used and left as it was.
 */
final class GuardedCluster implements AutoCloseable {

    static final String OPERATOR_NAMESPACE = "countersign-system";

    private static final Path CHART = Path.of("../helm/countersign/files");
    private static final String PROBE = "countersign-probe";
    /** Of the probe's role, and its binding, in each namespace of a department. */
    private static final String RIGHTS = PROBE + "-create";

    private final KubernetesClient client;
    private final Deque<HasMetadata> made = new ArrayDeque<>();
    private final String name =
            "guard-it-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    GuardedCluster() throws IOException {
        assertThat(System.getenv("KUBECONFIG"))
                .as("KUBECONFIG must name a cluster for these tests, such as the one of cluster/cluster up; then"
                        + " eval \"$(cluster/cluster env)\"")
                .isNotBlank();
        client = new KubernetesClientBuilder()
                .withConfig(Config.autoConfigure(null))
                .build();
        for (String manifest : manifests("crds")) {
            make(client.resource(manifest).item());
        }
        client.apiextensions().v1().customResourceDefinitions().list().getItems().stream()
                .filter(crd -> crd.getSpec().getGroup().equals("countersign.dev"))
                .forEach(crd -> client.resource(crd)
                        .waitUntilCondition(
                                each -> each.getStatus() != null
                                        && each.getStatus().getConditions() != null
                                        && each.getStatus().getConditions().stream()
                                                .anyMatch(condition -> condition
                                                                .getType()
                                                                .equals("Established")
                                                        && condition.getStatus().equals("True")),
                                30,
                                TimeUnit.SECONDS));
        makeNamespace(OPERATOR_NAMESPACE, Map.of());
        make(new ServiceAccountBuilder()
                .withNewMetadata()
                .withName(PROBE)
                .withNamespace(OPERATOR_NAMESPACE)
                .endMetadata()
                .build());
        makeDepartment(name);
        makeDepartment(otherDepartment());
        for (String manifest : manifests("admission")) {
            make(client.resource(manifest).item());
        }
    }

    private void makeDepartment(String namespace) {
        makeNamespace(namespace, Map.of());
        makeNamespace(namespace + "-sandboxes", Map.of("countersign.dev/sandboxes-of", namespace));
        letProbe(
                namespace,
                "countersign.dev",
                List.of("codetemplates", "templateapprovals", "executions", "executionapprovals"),
                "create");
        letProbe(namespace + "-sandboxes", "", List.of("pods", "configmaps"), "create");
    }

    KubernetesClient client() {
        return client;
    }

    Departments departments() {
        return departments(DepartmentPolicy.DEFAULT);
    }

    Departments departments(DepartmentPolicy policy) {
        return new Departments(List.of(department(name, policy)));
    }

    Departments bothDepartments() {
        return new Departments(List.of(
                department(name, DepartmentPolicy.DEFAULT), department(otherDepartment(), DepartmentPolicy.DEFAULT)));
    }

    private static Department department(String namespace, DepartmentPolicy policy) {
        return new Department(namespace, namespace, namespace + "-sandboxes", policy);
    }

    /** Takes away in the first department what forgeries need, as whoever rules there can. */
    RoleBinding takeProbesRights() {
        var binding = client.rbac().roleBindings().inNamespace(name).withName(RIGHTS);
        RoleBinding taken = binding.require();
        binding.delete();
        return taken;
    }

    void giveBack(RoleBinding taken) {
        taken.getMetadata().setUid(null);
        taken.getMetadata().setResourceVersion(null);
        client.resource(taken).create();
    }

    /** Writes the first department's namespace into a list of the policies, as the chart does, or takes it out. */
    void list(String variable, boolean listed) {
        var policies = client.admissionRegistration().v1().validatingAdmissionPolicies();
        for (var policy : policies.list().getItems()) {
            boolean knows = policy.getSpec().getVariables().stream()
                    .anyMatch(each -> each.getName().equals(variable));
            if (knows && policy.getMetadata().getName().startsWith("countersign-")) {
                policies.withName(policy.getMetadata().getName()).edit(object -> {
                    object.getSpec().getVariables().stream()
                            .filter(each -> each.getName().equals(variable))
                            .forEach(each -> each.setExpression(listed ? "['" + name + "']" : "[]"));
                    return object;
                });
            }
        }
    }

    /** Somebody's mutating policy that names whoever sends an approval as its approver; the last made is first. */
    List<GenericKubernetesResource> writeApproversIn() {
        String lie = """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicy
                metadata: {name: guard-it-lie}
                spec:
                  reinvocationPolicy: Never
                  matchConstraints:
                    resourceRules:
                      - apiGroups: [countersign.dev]
                        apiVersions: [v1alpha1]
                        operations: [CREATE]
                        resources: [templateapprovals]
                  mutations:
                    - patchType: JSONPatch
                      jsonPatch:
                        expression: >-
                          [JSONPatch{op: "replace", path: "/spec/grant/approvedBy/username",
                          value: request.userInfo.username}]
                """;
        String binding = """
                apiVersion: admissionregistration.k8s.io/v1
                kind: MutatingAdmissionPolicyBinding
                metadata: {name: guard-it-lie}
                spec: {policyName: guard-it-lie}
                """;
        return Stream.of(lie, binding)
                .map(each -> (GenericKubernetesResource) Serialization.<HasMetadata>unmarshal(each))
                .map(each -> client.resource(each).create())
                .toList()
                .reversed();
    }

    /** Gives the probe's service account a right, as nobody should. */
    void letProbe(String namespace, String group, List<String> resources, String verb) {
        String role = PROBE + "-" + verb;
        make(new RoleBuilder()
                .withNewMetadata()
                .withName(role)
                .withNamespace(namespace)
                .endMetadata()
                .withRules(new PolicyRuleBuilder()
                        .withApiGroups(group)
                        .withResources(resources)
                        .withVerbs(verb)
                        .build())
                .build());
        make(new RoleBindingBuilder()
                .withNewMetadata()
                .withName(role)
                .withNamespace(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "Role", role)
                .addNewSubject("", "ServiceAccount", PROBE, OPERATOR_NAMESPACE)
                .build());
    }

    String department() {
        return name;
    }

    String otherDepartment() {
        return name + "-other";
    }

    Resource<GenericKubernetesResource> policy(String kind, String name) {
        return client.genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup("admissionregistration.k8s.io")
                        .withVersion("v1")
                        .withKind(kind)
                        .withPlural(kind.toLowerCase(java.util.Locale.ROOT).replaceAll("y$", "ie") + "s")
                        .withNamespaced(false)
                        .build())
                .withName(name);
    }

    private void makeNamespace(String namespace, Map<String, String> labels) {
        make(new NamespaceBuilder()
                .withNewMetadata()
                .withName(namespace)
                .withLabels(labels)
                .endMetadata()
                .build());
    }

    private void make(HasMetadata object) {
        var resource = client.resource(object);
        if (resource.get() == null) {
            made.push(resource.create());
        }
    }

    private static List<String> manifests(String folder) throws IOException {
        try (Stream<Path> files = Files.list(CHART.resolve(folder))) {
            return files.sorted().map(GuardedCluster::read).toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).replace("OPERATOR_NAMESPACE", OPERATOR_NAMESPACE);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        made.forEach(object -> client.resource(object).delete());
        client.close();
    }
}
