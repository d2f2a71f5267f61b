package dev.countersign.e2e.governance;

import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.OperatorDeployment;
import dev.countersign.e2e.cluster.Roles;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The people and machines of table.yaml. Those that the chart gives rights to have just these; the others get here what
 * such people and machines have in clusters everywhere.
 */
final class Subjects implements AutoCloseable {
    /** Somebody, by the name that the cluster knows them by. */
    record Who(String username, KubernetesClient client) {}

    private static final String RBAC = "rbac.authorization.k8s.io";
    private static final String FINANCE = "finance";
    private static final String SANDBOXES = "finance-sandboxes";
    private static final String[] SERVICE_ACCOUNTS_OF_THE_SYSTEM = {
        "system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"
    };

    private final KubernetesClient admin;
    private final Map<String, Who> all = new TreeMap<>();
    private final Deque<HasMetadata> made = new ArrayDeque<>();

    Subjects(Cluster cluster) {
        admin = cluster.admin();
        user(cluster, "alice", "alice");
        user(cluster, "tom", "tom");
        user(cluster, "robert", "robert");
        user(cluster, "amy", "amy");
        user(cluster, "namespace admin", "nils");
        user(cluster, "installer", "ines");
        user(cluster, "cluster-admin", "carla", "system:masters", "system:authenticated");
        account(cluster, "agent", FINANCE, "reporting-agent");
        account(cluster, "research agent", "research", "reporting-agent");
        otherAgent(cluster);
        account(cluster, "operator", OperatorDeployment.NAMESPACE, "countersign-operator");
        account(cluster, "probe", OperatorDeployment.NAMESPACE, "countersign-probe");
        controller(cluster, "namespace controller", "namespace-controller");
        controller(cluster, "garbage collector", "generic-garbage-collector");
        controller(cluster, "root CA publisher", "root-ca-cert-publisher");
        user(
                cluster,
                "node",
                "system:node:"
                        + admin.nodes()
                                .list()
                                .getItems()
                                .getFirst()
                                .getMetadata()
                                .getName(),
                "system:nodes",
                "system:authenticated");
        gitOps(cluster);
        // Both in one person, as in small departments.
        bind(FINANCE, "countersign-author", Roles.user("amy"));
        bind(FINANCE, "countersign-approver", Roles.user("amy"));
        bind(FINANCE, "admin", Roles.user("nils"));
        bind(SANDBOXES, "admin", Roles.user("nils"));
        bindEverywhere(Roles.user("ines"), installing());
        Roles.awaitAllowed(client("amy"), FINANCE, "approve", "codetemplates");
        Roles.awaitAllowed(client("other agent"), FINANCE, "patch", "executions");
        Roles.awaitAllowed(client("gitops"), FINANCE, "create", "codetemplates");
        Roles.awaitAllowed(client("installer"), "", "administer", "sandboxnamespaces");
    }

    private void user(Cluster cluster, String who, String username, String... groups) {
        all.put(who, new Who(username, cluster.as(username, groups)));
    }

    private void account(Cluster cluster, String who, String namespace, String name) {
        all.put(who, new Who(username(namespace, name), cluster.asServiceAccount(namespace, name)));
    }

    // Not by a token: the API server's own controllers should not lose theirs over a test.
    private void controller(Cluster cluster, String who, String name) {
        String username = username("kube-system", name);
        all.put(who, new Who(username, cluster.as(username, SERVICE_ACCOUNTS_OF_THE_SYSTEM)));
    }

    private static String username(String namespace, String account) {
        return "system:serviceaccount:" + namespace + ":" + account;
    }

    // Beside the department's own.
    private void otherAgent(Cluster cluster) {
        String name = create(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withGenerateName("e2e-agent-")
                        .withNamespace(FINANCE)
                        .endMetadata()
                        .build())
                .getMetadata()
                .getName();
        account(cluster, "other agent", FINANCE, name);
        bind(FINANCE, "countersign-agent", Roles.serviceAccount(FINANCE, name));
    }

    // With the rights that Argo CD's controller has: every verb on everything.
    private void gitOps(Cluster cluster) {
        String namespace = create(new NamespaceBuilder()
                        .withNewMetadata()
                        .withGenerateName("e2e-gitops-")
                        .endMetadata()
                        .build())
                .getMetadata()
                .getName();
        account(cluster, "gitops", namespace, "application-controller");
        bindEverywhere(
                Roles.serviceAccount(namespace, "application-controller"),
                List.of(new PolicyRuleBuilder()
                        .withApiGroups("*")
                        .withResources("*")
                        .withVerbs("*")
                        .build()));
    }

    private static List<PolicyRule> installing() {
        return List.of(
                new PolicyRuleBuilder()
                        .withApiGroups("", "networking.k8s.io", RBAC)
                        .withResources(
                                "namespaces",
                                "networkpolicies",
                                "resourcequotas",
                                "limitranges",
                                "configmaps",
                                "roles",
                                "rolebindings")
                        .withVerbs("*")
                        .build(),
                new PolicyRuleBuilder()
                        .withApiGroups("countersign.dev")
                        .withResources("sandboxnamespaces")
                        .withVerbs("administer")
                        .build());
    }

    /** Grants every verb that a request can have on everything to somebody, and none that policies ask for. */
    Removal grantRequests(String who) {
        var requests = new PolicyRuleBuilder()
                .withApiGroups("*")
                .withResources("*")
                .withVerbs("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")
                .build();
        String username = all.get(who).username();
        String[] parts = username.split(":");
        Subject subject = username.startsWith("system:serviceaccount:")
                ? Roles.serviceAccount(parts[2], parts[3])
                : Roles.user(username);
        int before = made.size();
        bindEverywhere(subject, List.of(requests));
        Roles.awaitAllowed(client(who), FINANCE, "deletecollection", "executionapprovals");
        return Removal.undoneBy(() -> {
            while (made.size() > before) {
                admin.resource(made.pop()).delete();
            }
        });
    }

    private void bind(String namespace, String clusterRole, Subject subject) {
        made.push(Roles.bind(admin, namespace, clusterRole, subject));
    }

    private void bindEverywhere(Subject subject, List<PolicyRule> rules) {
        var role = create(new ClusterRoleBuilder()
                .withNewMetadata()
                .withGenerateName("e2e-table-")
                .endMetadata()
                .withRules(rules)
                .build());
        create(new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withGenerateName("e2e-table-")
                .endMetadata()
                .withNewRoleRef(RBAC, "ClusterRole", role.getMetadata().getName())
                .withSubjects(subject)
                .build());
    }

    private <T extends HasMetadata> T create(T object) {
        T created = admin.resource(object).create();
        made.push(created);
        return created;
    }

    KubernetesClient client(String who) {
        return all.get(who).client();
    }

    /** The username of everybody in the table. */
    Map<String, String> usernames() {
        Map<String, String> usernames = new TreeMap<>();
        all.forEach((who, each) -> usernames.put(who, each.username()));
        return usernames;
    }

    @Override
    public void close() {
        made.forEach(object -> admin.resource(object).delete());
    }
}
