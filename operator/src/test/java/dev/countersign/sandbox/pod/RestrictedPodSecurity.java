package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Pod Security Standards, level "restricted" with "baseline" below it, and on top what sandboxes demand of themselves.
 * Written from the standard's text, field by field, and stricter where a field may be left out.
 */
final class RestrictedPodSecurity {
    private final List<String> violations = new ArrayList<>();

    private RestrictedPodSecurity() {}

    /** What is wrong with the pod, a path each; empty when nothing is. */
    static List<String> violations(Pod pod) {
        var check = new RestrictedPodSecurity();
        check.hostIsOutOfReach(pod);
        check.nothingIsMounted(pod);
        check.nothingIsTold(pod);
        check.nobodyIsRoot(pod);
        check.onlyOneContainer(pod);
        pod.getSpec().getContainers().forEach(check::container);
        return check.violations;
    }

    private void hostIsOutOfReach(Pod pod) {
        var spec = pod.getSpec();
        must(!Boolean.TRUE.equals(spec.getHostNetwork()), "hostNetwork");
        must(!Boolean.TRUE.equals(spec.getHostPID()), "hostPID");
        must(!Boolean.TRUE.equals(spec.getHostIPC()), "hostIPC");
        must(!Boolean.TRUE.equals(spec.getShareProcessNamespace()), "shareProcessNamespace");
        must(spec.getRuntimeClassName() != null && !spec.getRuntimeClassName().isEmpty(), "runtimeClassName");
        must("Never".equals(spec.getRestartPolicy()), "restartPolicy");
        must(spec.getActiveDeadlineSeconds() != null, "activeDeadlineSeconds");
        must(Objects.equals(spec.getTerminationGracePeriodSeconds(), 1L), "terminationGracePeriodSeconds");
    }

    private void nothingIsMounted(Pod pod) {
        must(Boolean.FALSE.equals(pod.getSpec().getAutomountServiceAccountToken()), "automountServiceAccountToken");
        for (Volume volume : pod.getSpec().getVolumes()) {
            boolean bounded = volume.getEmptyDir() != null
                    && "Memory".equals(volume.getEmptyDir().getMedium())
                    && volume.getEmptyDir().getSizeLimit() != null;
            must(bounded, "volumes " + volume.getName());
        }
    }

    private void nothingIsTold(Pod pod) {
        var spec = pod.getSpec();
        must(Boolean.FALSE.equals(spec.getEnableServiceLinks()), "enableServiceLinks");
        must("None".equals(spec.getDnsPolicy()), "dnsPolicy");
        must(
                spec.getDnsConfig() != null
                        && spec.getDnsConfig().getNameservers().equals(List.of("127.0.0.1")),
                "dnsConfig.nameservers");
        must(spec.getDnsConfig() != null && spec.getDnsConfig().getSearches().isEmpty(), "dnsConfig.searches");
        must("sandbox".equals(spec.getHostname()), "hostname");
        must(spec.getHostAliases().isEmpty(), "hostAliases");
        must(spec.getSubdomain() == null, "subdomain");
        must(!Boolean.TRUE.equals(spec.getSetHostnameAsFQDN()), "setHostnameAsFQDN");
    }

    private void nobodyIsRoot(Pod pod) {
        var context = Optional.ofNullable(pod.getSpec().getSecurityContext()).orElseGet(PodSecurityContext::new);
        must(Boolean.TRUE.equals(context.getRunAsNonRoot()), "securityContext.runAsNonRoot");
        must(context.getRunAsUser() != null && context.getRunAsUser() > 0, "securityContext.runAsUser");
        must(context.getRunAsGroup() != null && context.getRunAsGroup() > 0, "securityContext.runAsGroup");
        must(
                context.getSeccompProfile() != null
                        && "RuntimeDefault".equals(context.getSeccompProfile().getType()),
                "securityContext.seccompProfile");
        must(context.getSysctls().isEmpty(), "securityContext.sysctls");
        must(context.getSupplementalGroups().isEmpty() && context.getFsGroup() == null, "securityContext groups");
        must(context.getSeLinuxOptions() == null, "securityContext.seLinuxOptions");
        must(context.getAppArmorProfile() == null, "securityContext.appArmorProfile");
        must(context.getWindowsOptions() == null, "securityContext.windowsOptions");
    }

    private void onlyOneContainer(Pod pod) {
        must(pod.getSpec().getContainers().size() == 1, "containers");
        must(pod.getSpec().getInitContainers().isEmpty(), "initContainers");
        must(pod.getSpec().getEphemeralContainers().isEmpty(), "ephemeralContainers");
    }

    private void container(Container container) {
        var context = Optional.ofNullable(container.getSecurityContext()).orElseGet(SecurityContext::new);
        must(Boolean.FALSE.equals(context.getAllowPrivilegeEscalation()), "allowPrivilegeEscalation");
        must(!Boolean.TRUE.equals(context.getPrivileged()), "privileged");
        must(Boolean.TRUE.equals(context.getReadOnlyRootFilesystem()), "readOnlyRootFilesystem");
        must(
                context.getCapabilities() != null
                        && context.getCapabilities().getDrop().equals(List.of("ALL")),
                "capabilities.drop");
        must(
                context.getCapabilities() == null
                        || context.getCapabilities().getAdd().isEmpty(),
                "capabilities.add");
        must(context.getProcMount() == null, "procMount");
        must(
                context.getRunAsUser() == null
                        && context.getRunAsGroup() == null
                        && context.getRunAsNonRoot() == null
                        && context.getSeccompProfile() == null
                        && context.getSeLinuxOptions() == null
                        && context.getAppArmorProfile() == null
                        && context.getWindowsOptions() == null,
                "container overrides the pod");
        must(container.getPorts().isEmpty(), "ports");
        must(container.getEnv().isEmpty() && container.getEnvFrom().isEmpty(), "env");
        must(container.getLifecycle() == null, "lifecycle");
        must(
                container.getLivenessProbe() == null
                        && container.getReadinessProbe() == null
                        && container.getStartupProbe() == null,
                "probes");
        must(
                Boolean.TRUE.equals(container.getStdin())
                        && Boolean.TRUE.equals(container.getStdinOnce())
                        && !Boolean.TRUE.equals(container.getTty()),
                "stdin");
        bounded(container);
    }

    private void bounded(Container container) {
        var resources = container.getResources();
        for (String resource : Set.of("cpu", "memory", "ephemeral-storage")) {
            must(resources != null && resources.getLimits().containsKey(resource), "limits." + resource);
        }
        must(
                resources != null
                        && Objects.equals(
                                resources.getRequests().get("memory"),
                                resources.getLimits().get("memory")),
                "requests.memory");
    }

    private void must(boolean holds, String path) {
        if (!holds) {
            violations.add(path);
        }
    }
}
