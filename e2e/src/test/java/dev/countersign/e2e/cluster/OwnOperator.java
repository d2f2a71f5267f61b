package dev.countersign.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.countersign.MortalOperator;
import dev.countersign.MortalOperator.Death;
import dev.countersign.api.execution.Execution;
import dev.countersign.sandbox.pod.DefaultDeny;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * An operator of the test's own: a process on this machine, with a department, a Secret of keys and an audit log that
 * nobody else has. The one in the cluster must rest meanwhile, because each refuses what is not its department's.
 *
 * <p>It has the identity of the one in the cluster, because the admission policies let nobody else write a status or
 * make a sandbox, and in its own namespaces the rights that the chart gives that one in a department's. It does not
 * look after the guard ({@code guard.mode: Off}): the policies guard the chart's namespaces, not its own.
 */
public final class OwnOperator implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int HTTP_OK = HttpURLConnection.HTTP_OK;

    private final Cluster cluster = Cluster.get();
    private final KubernetesClient client = cluster.admin();
    private final Installation installation = Installation.of(cluster);
    private final String name;
    private final Path directory;
    private final Department department;
    private final int port;
    private final List<String> unlisted = new ArrayList<>();
    private Process process;

    private OwnOperator(String name, Path directory, int port) {
        this.name = name;
        this.directory = directory;
        this.port = port;
        makeNamespaces();
        this.department = Department.outsideTheChart(cluster, name, name + "-sandboxes");
    }

    /** Makes all that it needs, with sandboxes of this RuntimeClass; it is started by {@link #start}. */
    public static OwnOperator prepare(String runtimeClass) {
        return prepare(runtimeClass, "{}");
    }

    /** As {@link #prepare(String)}, with this policy of its department, as YAML. */
    public static OwnOperator prepare(String runtimeClass, String policy) {
        OwnOperator operator = null;
        try {
            String name = "e2e-own-"
                    + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
            operator = new OwnOperator(name, Files.createTempDirectory(name), freePort());
            operator.writeConfig(runtimeClass);
            operator.policy(policy);
            operator.makeRights();
            return operator;
        } catch (IOException | RuntimeException | Error e) {
            if (operator != null) {
                operator.close();
            }
            throw new AssertionError("an operator of the test's own could not be prepared", e);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private void writeConfig(String runtimeClass) throws IOException {
        ObjectNode config = Json.object();
        config.putObject("operator").put("namespace", name + "-system").put("podName", "e2e");
        config.putObject("leaderElection").put("enabled", false);
        config.putObject("http").put("port", port);
        config.putObject("audit")
                .put(
                        "directory",
                        Files.createDirectory(directory.resolve("audit")).toString());
        config.set("keys", installation.config().path("keys").deepCopy());
        config.putObject("guard").put("mode", "Off");
        config.set("sandbox", installation.sandbox());
        config.withObject("sandbox").put("runtimeClassName", runtimeClass);
        write("config.yaml", config);
    }

    /** Writes its department's policy, as YAML; the operator, if it runs, reads it within seconds. */
    public void policy(String policy) {
        ObjectNode departments = Json.object().put("version", 1);
        departments
                .putArray("departments")
                .addObject()
                .put("name", name)
                .put("namespace", department.namespace())
                .put("sandboxNamespace", department.sandboxNamespace())
                .set("policy", Json.read(policy));
        try {
            write("departments.yaml", departments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes its department's namespace into this list of the policy of approvals, as the chart does with those of its own
     * departments, until this operator is closed. Admission knows it a moment later.
     */
    public void list(String variable) {
        unlisted.add(variable);
        edit(variable, "[]", "['" + department.namespace() + "']");
    }

    /** Fails on a list of departments of the chart, which this must not take away. */
    private void edit(String variable, String from, String to) {
        client.admissionRegistration()
                .v1()
                .validatingAdmissionPolicies()
                .withName("countersign-approvals")
                .edit(policy -> {
                    policy.getSpec().getVariables().stream()
                            .filter(each -> each.getName().equals(variable))
                            .forEach(each -> {
                                assertThat(each.getExpression()).isEqualTo(from);
                                each.setExpression(to);
                            });
                    return policy;
                });
    }

    private void write(String file, ObjectNode content) throws IOException {
        try {
            Files.writeString(directory.resolve(file), new YAMLMapper().writeValueAsString(content));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeNamespaces() {
        makeNamespace(name + "-system", Map.of());
        makeNamespace(name, Map.of());
        makeNamespace(
                name + "-sandboxes",
                Map.of("pod-security.kubernetes.io/enforce", "restricted", "countersign.dev/sandboxes-of", name));
        DefaultDeny.policies(name, name + "-sandboxes")
                .forEach(policy -> client.resource(policy).create());
        client.resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName(installation.config().at("/keys/secretName").asText())
                        .withNamespace(name + "-system")
                        .endMetadata()
                        .build())
                .create();
    }

    // With a token: the client cannot read every kind of client key out of a kubeconfig.
    private void makeRights() throws IOException {
        copyRights(OperatorDeployment.NAMESPACE, name + "-system");
        copyRights("finance-sandboxes", name + "-sandboxes");
        Files.writeString(
                directory.resolve("kubeconfig"),
                cluster.kubeconfigOf(OperatorDeployment.NAMESPACE, OperatorDeployment.NAME));
    }

    private void copyRights(String from, String to) {
        Subject operator = Roles.serviceAccount(OperatorDeployment.NAMESPACE, OperatorDeployment.NAME);
        List<RoleBinding> bindings = client.rbac().roleBindings().inNamespace(from).list().getItems().stream()
                .filter(binding -> binding.getSubjects().contains(operator))
                .toList();
        if (bindings.isEmpty()) {
            throw new AssertionError("the chart gives the operator no rights in " + from);
        }
        for (RoleBinding binding : bindings) {
            String role = binding.getRoleRef().getName();
            if (binding.getRoleRef().getKind().equals("Role")) {
                client.resource(new RoleBuilder()
                                .withNewMetadata()
                                .withNamespace(to)
                                .withName(role)
                                .endMetadata()
                                .withRules(client.rbac()
                                        .roles()
                                        .inNamespace(from)
                                        .withName(role)
                                        .get()
                                        .getRules())
                                .build())
                        .create();
            }
            Roles.bind(client, to, binding.getRoleRef().getKind(), role, operator);
        }
    }

    private void makeNamespace(String namespace, Map<String, String> labels) {
        client.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName(namespace)
                        .withLabels(labels)
                        .endMetadata()
                        .build())
                .create();
    }

    /** Its department. */
    public Department department() {
        return department;
    }

    /** Its audit log. */
    public AuditFile audit() {
        return new AuditFile(directory.resolve("audit"));
    }

    /** The sandbox pods that there are now. */
    public List<Pod> sandboxes() {
        return client.pods().inNamespace(department.sandboxNamespace()).list().getItems();
    }

    /** Starts it; returns when it acts. */
    public void start(Death death) {
        var builder = new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=logback.xml",
                "-cp",
                System.getProperty("java.class.path"),
                MortalOperator.class.getName(),
                death.name());
        builder.environment().put("KUBECONFIG", directory.resolve("kubeconfig").toString());
        builder.environment()
                .put("COUNTERSIGN_CONFIG", directory.resolve("config.yaml").toString());
        builder.environment()
                .put(
                        "COUNTERSIGN_DEPARTMENTS",
                        directory.resolve("departments.yaml").toString());
        builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await("the test's own operator acts")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(100))
                .failFast("it ended", () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("it ended with " + process.exitValue() + ":\n" + said());
                    }
                })
                .until(this::isReady);
    }

    private boolean isReady() {
        try {
            var connection = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + port + "/readyz").toURL().openConnection();
            connection.setConnectTimeout(1000);
            connection.setReadTimeout(1000);
            return connection.getResponseCode() == HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until it has died as it was told to. */
    public void awaitDeath() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    || process.exitValue() != MortalOperator.DIED_AS_PLANNED) {
                throw new AssertionError("it did not die as planned:\n" + said());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** Kills it: SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private Path log() {
        return directory.resolve("operator.log");
    }

    /** The end of its log. */
    public String said() {
        try {
            String all = Files.readString(log());
            return all.substring(Math.max(0, all.length() - 8000));
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Deletes what it had, and ends it once it has let that go. */
    @Override
    public void close() {
        unlisted.forEach(variable -> edit(variable, "['" + department.namespace() + "']", "[]"));
        department.close();
        if (process != null && process.isAlive()) {
            awaitNoExecutions();
            kill();
        }
        client.namespaces().withName(name + "-system").delete();
        client.namespaces().withName(department.namespace()).delete();
        client.namespaces().withName(department.sandboxNamespace()).delete();
        deleteFiles();
    }

    private void deleteFiles() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitNoExecutions() {
        Awaitility.await("Executions are gone").atMost(PATIENCE).until(() -> client.resources(Execution.class)
                .inNamespace(department.namespace())
                .list()
                .getItems()
                .isEmpty());
    }
}
