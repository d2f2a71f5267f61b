package dev.countersign.sandbox.pod;

import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContext;

/** A named set of security settings for sandbox pods. There is one; a second would have to be as strict. */
public interface HardeningProfile {
    /** The default: Pod Security {@code restricted}, and a root file system that nobody writes to. */
    HardeningProfile RESTRICTED = new RestrictedProfile();

    /** Name for configuration and messages. */
    String name();

    /** Settings of the pod; a fresh object each time, as Kubernetes' objects can be changed. */
    PodSecurityContext forPod();

    /** Settings of its one container; a fresh object each time. */
    SecurityContext forContainer();
}
