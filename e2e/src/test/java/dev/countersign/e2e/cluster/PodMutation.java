package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/** Somebody's mutating policy that changes some of the sandbox pods on their way into the cluster, until this is closed. */
public final class PodMutation implements AutoCloseable {
    private static final String NAME = "countersign-e2e-mutation";

    private final KubernetesClient admin;
    private final List<GenericKubernetesResource> objects;

    private PodMutation(KubernetesClient admin, List<GenericKubernetesResource> objects) {
        this.admin = admin;
        this.objects = objects;
    }

    /**
     * Takes a few seconds until API servers know of it.
     *
     * @param which CEL over {@code object}, the pod
     * @param patch CEL of the list of JSONPatch operations
     */
    public static PodMutation install(KubernetesClient admin, String sandboxNamespace, String which, String patch) {
        Map<String, Object> policy = Map.of(
                "failurePolicy",
                "Fail",
                "reinvocationPolicy",
                "Never",
                "matchConstraints",
                Map.of(
                        "namespaceSelector",
                        Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", sandboxNamespace)),
                        "resourceRules",
                        List.of(Map.of(
                                "apiGroups",
                                List.of(""),
                                "apiVersions",
                                List.of("v1"),
                                "resources",
                                List.of("pods"),
                                "operations",
                                List.of("CREATE")))),
                "matchConditions",
                List.of(Map.of("name", "which", "expression", which)),
                "mutations",
                List.of(Map.of("patchType", "JSONPatch", "jsonPatch", Map.of("expression", patch))));
        var mutation = new PodMutation(
                admin,
                List.of(
                        object("MutatingAdmissionPolicy", policy),
                        object("MutatingAdmissionPolicyBinding", Map.of("policyName", NAME))));
        mutation.objects.forEach(each -> admin.resource(each).create());
        return mutation;
    }

    private static GenericKubernetesResource object(String kind, Map<String, Object> spec) {
        return (GenericKubernetesResource) Serialization.<HasMetadata>unmarshal(Serialization.asJson(Map.of(
                "apiVersion",
                "admissionregistration.k8s.io/v1",
                "kind",
                kind,
                "metadata",
                Map.of("name", NAME),
                "spec",
                spec)));
    }

    @Override
    public void close() {
        objects.reversed().forEach(each -> admin.resource(each).delete());
    }
}
