package dev.countersign.e2e.cluster;

import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Rights of people and machines in one namespace. */
public final class Roles {
    private static final String RBAC = "rbac.authorization.k8s.io";

    /** The API server authorizes from a cache: far longer than it takes to see a binding. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private Roles() {}

    public static Subject user(String name) {
        return new SubjectBuilder()
                .withApiGroup(RBAC)
                .withKind("User")
                .withName(name)
                .build();
    }

    public static Subject serviceAccount(String namespace, String name) {
        return new SubjectBuilder()
                .withKind("ServiceAccount")
                .withNamespace(namespace)
                .withName(name)
                .build();
    }

    /** Gives them this ClusterRole in this namespace. */
    public static RoleBinding bind(KubernetesClient admin, String namespace, String clusterRole, Subject subject) {
        return bind(admin, namespace, "ClusterRole", clusterRole, subject);
    }

    static RoleBinding bind(KubernetesClient admin, String namespace, String kind, String role, Subject subject) {
        return admin.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withNamespace(namespace)
                        .withGenerateName("e2e-" + role + "-")
                        .endMetadata()
                        .withNewRoleRef(RBAC, kind, role)
                        .withSubjects(subject)
                        .build())
                .create();
    }

    /** Returns when they may do this to our kinds there. */
    public static void awaitAllowed(KubernetesClient person, String namespace, String verb, String resource) {
        Awaitility.await(verb + " " + resource + " in " + namespace)
                .atMost(PATIENCE)
                .until(() -> person.authorization()
                        .v1()
                        .selfSubjectAccessReview()
                        .create(new SelfSubjectAccessReviewBuilder()
                                .withNewSpec()
                                .withNewResourceAttributes()
                                .withGroup("countersign.dev")
                                .withResource(resource)
                                .withNamespace(namespace)
                                .withVerb(verb)
                                .endResourceAttributes()
                                .endSpec()
                                .build())
                        .getStatus()
                        .getAllowed());
    }
}
