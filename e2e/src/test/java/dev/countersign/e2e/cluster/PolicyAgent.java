package dev.countersign.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The switch of the one-node cluster's agent that enforces NetworkPolicies. */
public final class PolicyAgent {
    private static final long SECONDS = 60;

    private PolicyAgent() {}

    public static void on() {
        turn("on");
    }

    public static void off() {
        turn("off");
    }

    private static void turn(String position) {
        Path root = Path.of(System.getProperty("countersign.root", ".."));
        try {
            Process process = new ProcessBuilder(root.resolve("cluster/cluster").toString(), "netpol", position)
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes());
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("cluster/cluster netpol " + position + ": " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
