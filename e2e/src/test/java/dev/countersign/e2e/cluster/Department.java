package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Language;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;

/**
 * One department as one test uses it: what the test makes in it is deleted when the test is over.
 *
 * <p>Everybody does only their own part: the author writes templates, the approver approves, the agent runs.
 */
public final class Department implements AutoCloseable {
    private static final String AGENT = "reporting-agent";
    private static final int TRIES = 3;

    private final String namespace;
    private final String sandboxNamespace;
    private final Person author;
    private final Person approver;
    private final Person agent;
    private final ConcurrentLinkedDeque<HasMetadata> made = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedDeque<Run> runs = new ConcurrentLinkedDeque<>();

    /** Somebody by the name that the cluster knows them by, with a client that is theirs. */
    public record Person(String username, KubernetesClient client) {}

    private Department(String namespace, String sandboxNamespace, Person author, Person approver, Person agent) {
        this.namespace = namespace;
        this.sandboxNamespace = sandboxNamespace;
        this.author = author;
        this.approver = approver;
        this.agent = agent;
    }

    /** The department {@code finance} of examples/departments.yaml, with the people named there. */
    public static Department finance(Cluster cluster) {
        return new Department(
                "finance",
                "finance-sandboxes",
                new Person("tom", cluster.as("tom")),
                new Person("alice", cluster.as("alice")),
                agent(cluster, "finance"));
    }

    /** The department {@code research} of examples/departments.yaml; its templates come from the admin. */
    public static Department research(Cluster cluster) {
        return new Department(
                "research",
                "research-sandboxes",
                new Person(cluster.adminUsername(), cluster.admin()),
                new Person("robert", cluster.as("robert")),
                agent(cluster, "research"));
    }

    /** A department that the chart does not know, in a namespace that is there, with the people of finance. */
    public static Department outsideTheChart(Cluster cluster, String namespace, String sandboxNamespace) {
        var department = new Department(
                namespace,
                sandboxNamespace,
                new Person("tom", cluster.as("tom")),
                new Person("alice", cluster.as("alice")),
                agent(cluster, namespace));
        Roles.bind(cluster.admin(), namespace, "countersign-author", Roles.user("tom"));
        Roles.bind(cluster.admin(), namespace, "countersign-approver", Roles.user("alice"));
        Roles.bind(cluster.admin(), namespace, "countersign-agent", Roles.serviceAccount(namespace, AGENT));
        Roles.awaitAllowed(department.author().client(), namespace, "create", "codetemplates");
        Roles.awaitAllowed(department.approver().client(), namespace, "approve", "codetemplates");
        Roles.awaitAllowed(department.agent().client(), namespace, "create", "executions");
        return department;
    }

    private static Person agent(Cluster cluster, String namespace) {
        return new Person(
                "system:serviceaccount:" + namespace + ":" + AGENT, cluster.asServiceAccount(namespace, AGENT));
    }

    public String namespace() {
        return namespace;
    }

    public String sandboxNamespace() {
        return sandboxNamespace;
    }

    public Person author() {
        return author;
    }

    public Person approver() {
        return approver;
    }

    public Person agent() {
        return agent;
    }

    public TemplateDraft python(String code) {
        return template(Language.Python, code);
    }

    public TemplateDraft bash(String code) {
        return template(Language.Bash, code);
    }

    public TemplateDraft template(Language language, String code) {
        return TemplateDraft.of(this, language).set("code", code);
    }

    /** A template whose code comes with each run, and whose runs wait for nobody. */
    public TemplateDraft freeform(Language language) {
        return TemplateDraft.of(this, language).set("freeform", true).set("autonomy", "Autonomous");
    }

    /** Somebody else in this department, who has these of the chart's roles there for as long as the test runs. */
    public Person person(String username, String... roles) {
        KubernetesClient admin = Cluster.get().admin();
        for (String role : roles) {
            made.push(Roles.bind(admin, namespace, role, Roles.user(username)));
        }
        var person = new Person(username, Cluster.get().as(username));
        if (List.of(roles).contains("countersign-approver")) {
            Roles.awaitAllowed(person.client(), namespace, "approve", "executions");
        }
        if (List.of(roles).contains("countersign-agent")) {
            Roles.awaitAllowed(person.client(), namespace, "create", "executions");
        }
        if (List.of(roles).contains("countersign-author")) {
            Roles.awaitAllowed(person.client(), namespace, "update", "codetemplates");
        }
        return person;
    }

    /** A template that is there already. */
    public Template template(String name) {
        return new Template(this, name);
    }

    /** A request for a template that need not exist. */
    public RunDraft request(String template) {
        return RunDraft.of(this, template);
    }

    /** Creates an object of our API group as that person and remembers to delete it. Only the spec is theirs to say. */
    GenericKubernetesResource create(Person person, String kind, String generateName, ObjectNode spec) {
        return create(person, kind, generateName, List.of(), spec);
    }

    GenericKubernetesResource create(
            Person person, String kind, String generateName, List<String> finalizers, ObjectNode spec) {
        ObjectNode object = Json.object();
        object.put("apiVersion", "countersign.dev/v1alpha1").put("kind", kind);
        object.putObject("metadata")
                .put("generateName", generateName)
                .put("namespace", namespace)
                .set("finalizers", Json.of(finalizers));
        object.set("spec", spec);
        return create(person, object);
    }

    GenericKubernetesResource create(Person person, ObjectNode object) {
        var created = person.client()
                .resource(Json.MAPPER.convertValue(object, GenericKubernetesResource.class))
                .create();
        made.push(created);
        return created;
    }

    /** Remembers to delete an object that somebody else made for this test. */
    public void adopt(HasMetadata object) {
        made.push(object);
    }

    void began(Run run) {
        runs.add(run);
    }

    /** All that helps to understand a failure of this test. */
    public String diagnosis() {
        return runs.stream().map(Run::diagnosis).collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        KubernetesClient admin = Cluster.get().admin();
        // Newest first, and so runs before the approvals and templates they rest on.
        List.copyOf(made).forEach(object -> delete(admin, object));
    }

    // The client does not try again by itself when a pooled connection turns out to be closed.
    private static void delete(KubernetesClient admin, HasMetadata object) {
        for (int left = TRIES - 1; ; left--) {
            try {
                admin.resource(object).withGracePeriod(0).delete();
                return;
            } catch (KubernetesClientException e) {
                if (left == 0) {
                    throw e;
                }
            }
        }
    }
}
