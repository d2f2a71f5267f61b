package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Language;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code stored.yaml} is a pod as Kubernetes 1.36 has it: scheduled, and with all that its own plugins fill in. */
class PodAsWantedTest {
    private final Pod wanted = SandboxPod.from(
            new SandboxShape(Language.Python, "registry.example/python:1", 256 << 20, 128 << 20, "gvisor-nonet"),
            "finance",
            "finance-sandboxes",
            "sbx-183fe76fb94671f2-c99433f545",
            new SandboxSettings(
                    "1", "10m", "Never", Duration.ofHours(1), Duration.ofHours(1), HardeningProfile.RESTRICTED));
    private final ObjectNode stored = stored();

    @Test
    void whatKubernetesFillsInIsNoDifference() throws IOException {
        assertThat(PodAsWanted.atCreation(wanted, pod(stored))).isEmpty();
    }

    @Test
    void anAmountInAnotherFormIsNoDifference() throws IOException {
        ((ObjectNode) stored.at("/spec/containers/0/resources/limits")).put("cpu", "1000m");
        assertThat(PodAsWanted.atCreation(wanted, pod(stored))).isEmpty();
    }

    /** Written between its scheduling and its start, by the plugins of Calico, Multus and OVN-Kubernetes. */
    @Test
    void whatNetworkPluginsNoteIsNoDifferenceOnceItRuns() throws IOException {
        stored.withObject("/metadata/annotations")
                .put("cni.projectcalico.org/podIP", "10.0.0.1/32")
                .put("k8s.v1.cni.cncf.io/network-status", "[]")
                .put("k8s.ovn.org/pod-networks", "{}");
        assertThat(PodAsWanted.onceRunning(wanted, pod(stored))).isEmpty();
        stored.withObject("/metadata/annotations").put("dev.gvisor.flag.network", "host");
        assertThat(PodAsWanted.onceRunning(wanted, pod(stored)))
                .containsExactly("annotation dev.gvisor.flag.network was added");
    }

    @Test
    void anImageThatWasChangedLaterIsADifferenceOnceItRuns() throws IOException {
        ((ObjectNode) stored.at("/spec/containers/0")).put("image", "registry.example/other:1");
        assertThat(PodAsWanted.onceRunning(wanted, pod(stored))).isNotEmpty();
    }

    /** A merge patch of the pod, and the one difference that it makes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{spec: {containers: [{name: sandbox}, {name: proxy}]}}    | spec.containers has 2 entries instead of 1",
                "{spec: {initContainers: [{name: first}]}}                 | spec.initContainers was added",
                "{spec: {ephemeralContainers: [{name: debugger}]}}         | spec.ephemeralContainers was added",
                "{spec: {volumes: []}}                                     | spec.volumes is absent instead of",
                "{spec: {volumes: [{name: work, hostPath: {path: /}}]}}    | spec.volumes[0].emptyDir",
                "{spec: {runtimeClassName: runc}}                          | spec.runtimeClassName is \"runc\" instead of",
                "{spec: {runtimeClassName: null}}                          | spec.runtimeClassName is absent instead of",
                "{spec: {hostNetwork: true}}                               | spec.hostNetwork was added: true",
                "{spec: {hostPID: true}}                                   | spec.hostPID was added",
                "{spec: {shareProcessNamespace: true}}                     | spec.shareProcessNamespace was added",
                "{spec: {automountServiceAccountToken: true}}              | spec.automountServiceAccountToken is true",
                "{spec: {automountServiceAccountToken: null}}              | spec.automountServiceAccountToken is absent",
                "{spec: {securityContext: {runAsUser: 0}}}                 | spec.securityContext.runAsUser is 0",
                "{spec: {securityContext: {sysctls: [{name: a, value: b}]}}} | spec.securityContext.sysctls was added",
                "{spec: {dnsConfig: {searches: [svc.cluster.local]}}}      | spec.dnsConfig.searches was added",
                "{spec: {hostAliases: [{ip: 10.0.0.1}]}}                   | spec.hostAliases was added",
                "{spec: {somethingNew: {of: tomorrow}}}                    | spec.somethingNew was added",
                "{metadata: {annotations: {dev.gvisor.flag.network: host}}} | annotation dev.gvisor.flag.network was added",
                "{metadata: {annotations: {k8s.v1.cni.cncf.io/networks: lan}}} | annotation k8s.v1.cni.cncf.io/networks",
            })
    void aChangeIsTold(String patch, String difference) throws IOException {
        merge(stored, Serialization.yamlMapper().readTree(patch));
        assertThat(PodAsWanted.atCreation(wanted, pod(stored)))
                .anySatisfy(each -> assertThat(each).startsWith(difference));
    }

    /** As above, for the container. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{image: 'registry.example/other:1'}        | spec.containers[0].image is",
                "{command: [sh]}                            | spec.containers[0].command was added",
                "{args: [--language, Bash]}                 | spec.containers[0].args[1] is \"Bash\"",
                "{env: [{name: LD_PRELOAD, value: /x.so}]}  | spec.containers[0].env was added",
                "{envFrom: [{secretRef: {name: keys}}]}     | spec.containers[0].envFrom was added",
                "{lifecycle: {postStart: {exec: {command: [sh]}}}} | spec.containers[0].lifecycle was added",
                "{tty: true}                                | spec.containers[0].tty is true",
                "{stdinOnce: null}                          | spec.containers[0].stdinOnce is absent",
                "{securityContext: {privileged: true}}      | spec.containers[0].securityContext.privileged was added",
                "{securityContext: {allowPrivilegeEscalation: null}} | spec.containers[0].securityContext.allowPri",
                "{securityContext: {capabilities: {add: [NET_RAW]}}} | spec.containers[0].securityContext.capabilities",
                "{resources: {limits: {memory: 64Gi}}}      | spec.containers[0].resources.limits.memory is",
                "{volumeMounts: [{name: work, mountPath: /work}, {name: x, mountPath: /x}]} | spec.containers[0].volumeMounts has",
            })
    void aChangeOfTheContainerIsTold(String patch, String difference) throws IOException {
        merge(
                (ObjectNode) stored.at("/spec/containers/0"),
                Serialization.yamlMapper().readTree(patch));
        assertThat(PodAsWanted.atCreation(wanted, pod(stored)))
                .anySatisfy(each -> assertThat(each).startsWith(difference));
    }

    private static Pod pod(JsonNode json) throws IOException {
        return Serialization.jsonMapper().treeToValue(json, Pod.class);
    }

    private static ObjectNode stored() {
        try (var in = PodAsWantedTest.class.getResourceAsStream("stored.yaml")) {
            return (ObjectNode) Serialization.yamlMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void merge(ObjectNode into, JsonNode patch) {
        patch.properties().forEach(each -> {
            JsonNode value = each.getValue();
            if (value.isNull()) {
                into.remove(each.getKey());
            } else if (value.isObject()) {
                merge(into.withObjectProperty(each.getKey()), value);
            } else {
                into.set(each.getKey(), value);
            }
        });
    }
}
