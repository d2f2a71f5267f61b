package dev.countersign.e2e.cluster;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The pipe on the node through which the standard output of a sandbox's first process comes: what is written to it
 * cannot be told from what the supervisor writes, and what is read from it never arrives.
 */
public final class Console {
    private final Path pipe;

    private Console(Path pipe) {
        this.pipe = pipe;
    }

    /** The console of the pod that this run is in now. */
    public static Console of(Run run) {
        var sandbox = run.seen().getStatus().sandbox();
        String id = Cluster.get()
                .admin()
                .pods()
                .inNamespace(sandbox.namespace())
                .withName(sandbox.podName())
                .get()
                .getStatus()
                .getContainerStatuses()
                .getFirst()
                .getContainerID()
                .replaceFirst("^containerd://", "");
        return new Console(containerdStates().stream()
                .map(state -> pipeIn(state.resolve("io.containerd.grpc.v1.cri/containers/" + id + "/io")))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no pipe of container " + id + " on this machine")));
    }

    private static List<Path> containerdStates() {
        String cluster =
                Objects.requireNonNullElse(System.getenv("COUNTERSIGN_CLUSTER_DIR"), "/var/lib/countersign-cluster");
        return List.of(Path.of(cluster, "containerd-state"), Path.of("/run/containerd"));
    }

    private static Path pipeIn(Path directory) {
        if (!Files.isDirectory(directory)) {
            return null;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith("-stdout"))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes in one piece. */
    public void write(String text) {
        try (var out = new FileOutputStream(pipe.toFile())) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes away what comes next, at least {@code bytes} bytes of it. */
    public String take(int bytes) {
        var taken = new StringBuilder();
        byte[] piece = new byte[4096];
        try (var in = new FileInputStream(pipe.toFile())) {
            while (taken.length() < bytes) {
                int read = in.read(piece);
                if (read < 0) {
                    break;
                }
                taken.append(new String(piece, 0, read, StandardCharsets.UTF_8));
            }
            return taken.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
