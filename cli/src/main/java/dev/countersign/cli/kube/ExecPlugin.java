package dev.countersign.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A client-go credential plugin: a command that prints an ExecCredential. Its standard error goes to ours. */
final class ExecPlugin {
    /** A login in a browser may take its time, but not for ever. */
    private static final int MOST_MINUTES = 10;

    private final YamlMap exec;
    private final Path folder;
    private final KubeConfig.Entry cluster;
    private final boolean terminal;

    ExecPlugin(KubeConfig.Entry user, KubeConfig.Entry cluster, boolean terminal) {
        this.exec = user.values().map("exec");
        this.folder = user.folder();
        this.cluster = cluster;
        this.terminal = terminal;
    }

    AccessFinder.Credential credential() {
        String command = exec.text("command")
                .orElseThrow(() -> Trouble.refused(
                        "kubeconfig: the user's exec has no command", "check it with: kubectl config view"));
        JsonNode status = output(command).path("status");
        if (!status.isObject()) {
            throw failed(command, "printed no ExecCredential with a status");
        }
        return new AccessFinder.Credential(
                textOf(status, "token"), bytesOf(status, "clientCertificateData"), bytesOf(status, "clientKeyData"));
    }

    private JsonNode output(String command) {
        boolean interactive =
                terminal && !exec.text("interactiveMode").orElse("").equals("Never");
        try {
            Process process = builder(command, interactive).start();
            if (!interactive) {
                process.getOutputStream().close();
            }
            byte[] printed = process.getInputStream().readAllBytes();
            if (!process.waitFor(MOST_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw failed(command, "did not end");
            }
            if (process.exitValue() != 0) {
                throw failed(command, "ended with exit code " + process.exitValue());
            }
            return Json.read(printed);
        } catch (IOException e) {
            throw failed(command, "could not be run, or did not print JSON").because(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(command, "was interrupted").because(e);
        }
    }

    private ProcessBuilder builder(String command, boolean interactive) {
        List<String> words = new ArrayList<>();
        // A path with a / is relative to the kubeconfig, as in kubectl; a bare name is looked up in PATH.
        words.add(command.contains("/") ? folder.resolve(command).toString() : command);
        words.addAll(exec.texts("args"));
        var builder = new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT);
        if (interactive) {
            builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/tty")));
        }
        exec.maps("env").forEach(each -> each.text("name").ifPresent(name -> builder.environment()
                .put(name, each.text("value").orElse(""))));
        builder.environment().put("KUBERNETES_EXEC_INFO", info(interactive).toString());
        return builder;
    }

    private ObjectNode info(boolean interactive) {
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.put("apiVersion", exec.text("apiVersion").orElse("client.authentication.k8s.io/v1"));
        info.put("kind", "ExecCredential");
        ObjectNode spec = info.putObject("spec");
        spec.put("interactive", interactive);
        if (exec.isTrue("provideClusterInfo")) {
            ObjectNode its = spec.putObject("cluster");
            cluster.values().text("server").ifPresent(server -> its.put("server", server));
            cluster.values().text("tls-server-name").ifPresent(name -> its.put("tls-server-name", name));
            AccessFinder.data(cluster, "certificate-authority")
                    .ifPresent(pem -> its.put(
                            "certificate-authority-data", Base64.getEncoder().encodeToString(pem)));
        }
        return info;
    }

    private static @Nullable String textOf(JsonNode status, String field) {
        String text = status.path(field).asText("");
        return text.isEmpty() ? null : text;
    }

    private static byte @Nullable [] bytesOf(JsonNode status, String field) {
        String text = textOf(status, field);
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static Trouble failed(String command, String how) {
        return Trouble.refused(
                "the kubeconfig's credential plugin " + command + " " + how, "run it by hand to see what it needs");
    }
}
