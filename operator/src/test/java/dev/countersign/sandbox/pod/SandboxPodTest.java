package dev.countersign.sandbox.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Language;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SandboxPodTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SandboxSettings SETTINGS = new SandboxSettings(
            "1", "10m", "IfNotPresent", Duration.ofHours(1), Duration.ofHours(1), HardeningProfile.RESTRICTED);

    @ParameterizedTest
    @EnumSource(Language.class)
    void isRestricted(Language language) {
        assertThat(RestrictedPodSecurity.violations(pod(language))).isEmpty();
    }

    /** Each line weakens the pod by a merge patch of its spec, and the checker must find just that. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hostNetwork                    | {hostNetwork: true}",
                "hostPID                        | {hostPID: true}",
                "hostIPC                        | {hostIPC: true}",
                "shareProcessNamespace          | {shareProcessNamespace: true}",
                "runtimeClassName               | {runtimeClassName: null}",
                "restartPolicy                  | {restartPolicy: OnFailure}",
                "activeDeadlineSeconds          | {activeDeadlineSeconds: null}",
                "terminationGracePeriodSeconds  | {terminationGracePeriodSeconds: 0}",
                "automountServiceAccountToken   | {automountServiceAccountToken: null}",
                "volumes host                   | {volumes: [{name: host, hostPath: {path: /}}]}",
                "volumes work                   | {volumes: [{name: work, emptyDir: {medium: Memory}}]}",
                "volumes work                   | {volumes: [{name: work, emptyDir: {sizeLimit: 64Mi}}]}",
                "enableServiceLinks             | {enableServiceLinks: null}",
                "dnsPolicy                      | {dnsPolicy: ClusterFirst}",
                "dnsConfig.nameservers          | {dnsConfig: {nameservers: [10.96.0.10]}}",
                "dnsConfig.searches             | {dnsConfig: {searches: [svc.cluster.local]}}",
                "hostname                       | {hostname: null}",
                "hostAliases                    | {hostAliases: [{ip: 10.0.0.1}]}",
                "subdomain                      | {subdomain: finance}",
                "setHostnameAsFQDN              | {setHostnameAsFQDN: true}",
                "securityContext.runAsNonRoot   | {securityContext: {runAsNonRoot: null}}",
                "securityContext.runAsUser      | {securityContext: {runAsUser: 0}}",
                "securityContext.runAsGroup     | {securityContext: {runAsGroup: 0}}",
                "securityContext.seccompProfile | {securityContext: {seccompProfile: {type: Unconfined}}}",
                "securityContext.sysctls        | {securityContext: {sysctls: [{name: kernel.sem, value: '1'}]}}",
                "securityContext groups         | {securityContext: {supplementalGroups: [0]}}",
                "securityContext groups         | {securityContext: {fsGroup: 0}}",
                "securityContext.seLinuxOptions | {securityContext: {seLinuxOptions: {type: spc_t}}}",
                "securityContext.appArmorProfile| {securityContext: {appArmorProfile: {type: Unconfined}}}",
                "securityContext.windowsOptions | {securityContext: {windowsOptions: {hostProcess: true}}}",
                "containers                     | {containers: []}",
                "initContainers                 | {initContainers: [{name: first}]}",
                "ephemeralContainers            | {ephemeralContainers: [{name: debugger}]}",
            })
    void theCheckerFindsAWeakerPod(String path, String patch) throws Exception {
        ObjectNode pod = JSON.valueToTree(pod(Language.Python));
        merge((ObjectNode) pod.get("spec"), yaml(patch));

        assertThat(RestrictedPodSecurity.violations(JSON.treeToValue(pod, Pod.class)))
                .containsExactly(path);
    }

    /** As above, for the container. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allowPrivilegeEscalation    | {securityContext: {allowPrivilegeEscalation: null}}",
                "privileged                  | {securityContext: {privileged: true}}",
                "readOnlyRootFilesystem      | {securityContext: {readOnlyRootFilesystem: null}}",
                "capabilities.drop           | {securityContext: {capabilities: {drop: [NET_RAW]}}}",
                "capabilities.drop           | {securityContext: {capabilities: null}}",
                "capabilities.add            | {securityContext: {capabilities: {add: [NET_ADMIN]}}}",
                "procMount                   | {securityContext: {procMount: Unmasked}}",
                "container overrides the pod | {securityContext: {runAsUser: 0}}",
                "container overrides the pod | {securityContext: {runAsNonRoot: false}}",
                "container overrides the pod | {securityContext: {seccompProfile: {type: Unconfined}}}",
                "ports                       | {ports: [{containerPort: 80}]}",
                "env                         | {env: [{name: A, value: b}]}",
                "env                         | {envFrom: [{secretRef: {name: keys}}]}",
                "lifecycle                   | {lifecycle: {preStop: {sleep: {seconds: 9}}}}",
                "probes                      | {livenessProbe: {tcpSocket: {port: 80}}}",
                "stdin                       | {stdin: null}",
                "stdin                       | {stdinOnce: false}",
                "stdin                       | {tty: true}",
                "limits.cpu                  | {resources: {limits: {cpu: null}}}",
                "limits.ephemeral-storage    | {resources: {limits: {ephemeral-storage: null}}}",
                "requests.memory             | {resources: {requests: {memory: 16Mi}}}",
            })
    void theCheckerFindsAWeakerContainer(String path, String patch) throws Exception {
        ObjectNode pod = JSON.valueToTree(pod(Language.Python));
        merge((ObjectNode) pod.at("/spec/containers/0"), yaml(patch));

        assertThat(RestrictedPodSecurity.violations(JSON.treeToValue(pod, Pod.class)))
                .containsExactly(path);
    }

    @Test
    void nothingOnThePodTellsMoreThanDepartmentAndShape() {
        var metadata = pod(Language.Python).getMetadata();

        assertThat(metadata.getAnnotations()).isNullOrEmpty();
        assertThat(metadata.getLabels())
                .containsOnlyKeys(
                        "app.kubernetes.io/name",
                        "app.kubernetes.io/component",
                        "app.kubernetes.io/part-of",
                        "app.kubernetes.io/managed-by",
                        SandboxLabels.DEPARTMENT,
                        SandboxLabels.SHAPE);
    }

    @Test
    void eachPodHasContextsOfItsOwn() {
        pod(Language.Python).getSpec().getSecurityContext().setRunAsUser(0L);
        pod(Language.Python)
                .getSpec()
                .getContainers()
                .getFirst()
                .getSecurityContext()
                .setPrivileged(true);

        assertThat(RestrictedPodSecurity.violations(pod(Language.Python))).isEmpty();
    }

    private static Pod pod(Language language) {
        var shape = new SandboxShape(language, "registry.example/sandbox:1", 128 << 20, 64 << 20, "gvisor-nonet");
        return SandboxPod.from(shape, "finance", "finance-sandboxes", "sandbox-1", SETTINGS);
    }

    private static ObjectNode yaml(String text) {
        return JSON.valueToTree(Serialization.unmarshal("--- " + text, Map.class));
    }

    /** RFC 7396. */
    private static void merge(ObjectNode target, ObjectNode patch) {
        for (Map.Entry<String, JsonNode> field : patch.properties()) {
            if (field.getValue().isNull()) {
                target.remove(field.getKey());
            } else if (field.getValue() instanceof ObjectNode object
                    && target.get(field.getKey()) instanceof ObjectNode old) {
                merge(old, object);
            } else {
                target.set(field.getKey(), field.getValue());
            }
        }
    }
}
