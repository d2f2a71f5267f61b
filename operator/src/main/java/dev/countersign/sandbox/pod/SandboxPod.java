package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.time.Duration;

/**
 * A single-use pod that waits on its stdin for one job. Nothing listens in it, nothing is mounted but an empty work
 * directory, and nothing on it tells what it will run.
 */
public final class SandboxPod {
    /** Name of the pod's one container. */
    public static final String CONTAINER = "sandbox";

    /** Where the code lives: the one place that it can write to. */
    static final String WORK_DIRECTORY = "/work";

    private static final long MEBIBYTE = 1 << 20;

    /** Memory beside the code's own and the work directory's: supervisor, and the interpreter that waits. */
    private static final long SLACK_BYTES = 48 * MEBIBYTE;

    /**
     * The container's log, as nothing else is written to the node's disk. Frames take 8 MiB at most, so only code that
     * floods the supervisor's stdout comes here, and the kubelet evicts it.
     */
    private static final long EPHEMERAL_STORAGE_BYTES = 32 * MEBIBYTE;

    /** Beyond the longest life that the operator plans: the last net, should operator and supervisor both be gone. */
    private static final Duration DEADLINE_SLACK = Duration.ofSeconds(60);

    /** Short, but never 0, which would remove the object while the code still runs. */
    private static final long GRACE_SECONDS = 1;

    private SandboxPod() {}

    /** The pod for one sandbox of {@code department}, in its sandbox namespace. */
    public static Pod from(
            SandboxShape shape, String department, String sandboxNamespace, String name, SandboxSettings settings) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(sandboxNamespace)
                .withLabels(SandboxLabels.ofPod(department, shape))
                .endMetadata()
                .withNewSpec()
                .withRuntimeClassName(shape.runtimeClassName())
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(settings.idleLife()
                        .plus(settings.maxWallTime())
                        .plus(DEADLINE_SLACK)
                        .toSeconds())
                .withTerminationGracePeriodSeconds(GRACE_SECONDS)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                // The pod's own name would tell the code which pod it is.
                .withHostname("sandbox")
                // Loopback answers nothing. An empty list would be refused, and any other policy copies the node's
                // resolvers.
                .withDnsPolicy("None")
                .withNewDnsConfig()
                .withNameservers("127.0.0.1")
                .endDnsConfig()
                .withSecurityContext(settings.hardening().forPod())
                .withContainers(container(shape, settings))
                .withVolumes(workDirectory(shape))
                .endSpec()
                .build();
    }

    /** Bytes of memory that a pod of this shape asks for, RuntimeClass overhead apart. */
    public static long memoryBytes(SandboxShape shape) {
        return shape.memoryClassBytes() + shape.diskClassBytes() + SLACK_BYTES;
    }

    private static Container container(SandboxShape shape, SandboxSettings settings) {
        return new ContainerBuilder()
                .withName(CONTAINER)
                .withImage(shape.image())
                .withImagePullPolicy(settings.imagePullPolicy())
                .withArgs("--language", shape.language().name())
                // The only door. Once the first attach has ended, stdin is closed for good: single use by Kubernetes'
                // own rule.
                .withStdin(true)
                .withStdinOnce(true)
                .withTty(false)
                .withSecurityContext(settings.hardening().forContainer())
                .withResources(resources(shape, settings))
                .addNewVolumeMount()
                .withName("work")
                .withMountPath(WORK_DIRECTORY)
                .endVolumeMount()
                .build();
    }

    private static ResourceRequirements resources(SandboxShape shape, SandboxSettings settings) {
        Quantity memory = bytes(memoryBytes(shape));
        Quantity log = bytes(EPHEMERAL_STORAGE_BYTES);
        return new ResourceRequirementsBuilder()
                .addToLimits("cpu", new Quantity(settings.cpuLimit()))
                .addToLimits("memory", memory)
                .addToLimits("ephemeral-storage", log)
                .addToRequests("cpu", new Quantity(settings.cpuRequest()))
                // As much as the limit, idle or not: else a busy sandbox gets its neighbours evicted.
                .addToRequests("memory", memory)
                .addToRequests("ephemeral-storage", log)
                .build();
    }

    private static Volume workDirectory(SandboxShape shape) {
        return new VolumeBuilder()
                .withName("work")
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(bytes(shape.diskClassBytes()))
                .endEmptyDir()
                .build();
    }

    private static Quantity bytes(long bytes) {
        return bytes % MEBIBYTE == 0 ? new Quantity(bytes / MEBIBYTE + "Mi") : new Quantity(Long.toString(bytes));
    }
}
