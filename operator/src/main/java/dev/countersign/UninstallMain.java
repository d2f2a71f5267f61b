package dev.countersign;

import dev.countersign.config.DepartmentsFile;
import dev.countersign.uninstall.Uninstall;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process that ends an installation, started by the chart before its objects are deleted. */
final class UninstallMain {
    private static final Logger LOG = LoggerFactory.getLogger(UninstallMain.class);

    /** Whatever hangs: who uninstalls must not. */
    private static final Duration LONGEST = Duration.ofSeconds(50);

    /** Short, so that one answer that does not come leaves time for the rest. Milliseconds. */
    private static final int REQUEST_TIMEOUT_MILLIS = 5000;

    private UninstallMain() {}

    /**
     * @param environment {@code POD_NAMESPACE}, from the downward API, and {@code COUNTERSIGN_DEPARTMENTS}
     * @return whether all was done
     * @throws IllegalStateException the environment does not say where the operator is
     */
    static boolean run(Map<String, String> environment) throws InterruptedException {
        String namespace = environment.getOrDefault("POD_NAMESPACE", "");
        if (namespace.isEmpty()) {
            throw new IllegalStateException(
                    "environment variable POD_NAMESPACE is missing: it names the operator's namespace");
        }
        endInTime();
        Path departments = OperatorProcess.departmentsPath(environment);
        try (var client = new KubernetesClientBuilder()
                .withHttpClientFactory(new VertxHttpClientFactory())
                .withConfig(new ConfigBuilder()
                        .withRequestTimeout(REQUEST_TIMEOUT_MILLIS)
                        .withRequestRetryBackoffLimit(1)
                        .build())
                .build()) {
            boolean done = new Uninstall(
                            client,
                            namespace,
                            () -> DepartmentsFile.read(departments, namespace),
                            Clock.systemUTC(),
                            Uninstall.Patience.OF_THE_HOOK)
                    .run();
            LOG.atInfo().addKeyValue("done", done).log("uninstall is over");
            return done;
        }
    }

    private static void endInTime() {
        Thread.ofPlatform().daemon().name("deadline").start(() -> {
            try {
                Thread.sleep(LONGEST);
            } catch (InterruptedException e) {
                return;
            }
            LOG.atError().addKeyValue("seconds", LONGEST.toSeconds()).log("uninstall takes too long and is given up");
            Runtime.getRuntime().halt(1);
        });
    }
}
