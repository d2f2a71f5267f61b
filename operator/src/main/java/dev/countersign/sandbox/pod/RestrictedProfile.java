package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;

/** {@link HardeningProfile#RESTRICTED}. */
final class RestrictedProfile implements HardeningProfile {
    /** The usual "nonroot" user of distroless images; what sandbox images are built for. */
    private static final long NONROOT = 65_532;

    @Override
    public String name() {
        return "restricted";
    }

    @Override
    public PodSecurityContext forPod() {
        return new PodSecurityContextBuilder()
                .withRunAsNonRoot(true)
                .withRunAsUser(NONROOT)
                .withRunAsGroup(NONROOT)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .build();
    }

    @Override
    public SecurityContext forContainer() {
        return new SecurityContextBuilder()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .build();
    }
}
