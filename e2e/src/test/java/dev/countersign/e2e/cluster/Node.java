package dev.countersign.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The node, which is this very machine: the processes of each pod, now and ever since the tests began.
 *
 * <p>It looks at cgroups all the time, because a pod may be gone with all its cgroups before a test gets to look.
 */
public final class Node {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
    private static final Pattern POD =
            Pattern.compile("pod([0-9a-f]{8}([-_])[0-9a-f]{4}\\2[0-9a-f]{4}\\2[0-9a-f]{4}\\2[0-9a-f]{12})");
    private static final long LOOK_EVERY_MILLIS = 150;

    private static Node local;

    private final Path tree;
    private final Map<String, Set<NodeProcess>> history = new ConcurrentHashMap<>();

    private Node(Path tree) {
        this.tree = tree;
    }

    /** This machine; fails where no pod runs on it. */
    public static synchronized Node local() {
        if (local == null) {
            // With cgroup v1 there is a tree for each controller, all alike; with v2 one.
            Path pids = CGROUPS.resolve("pids");
            var node = new Node(Files.isDirectory(pids) ? pids : CGROUPS);
            if (node.look().isEmpty()) {
                throw new AssertionError(
                        "no pod has a cgroup on this machine: these tests look at processes on the node"
                                + " and must run on it");
            }
            Thread.ofPlatform().daemon().name("node-watch").start(node::watch);
            local = node;
        }
        return local;
    }

    private void watch() {
        try {
            while (true) {
                look().forEach(this::remember);
                Thread.sleep(LOOK_EVERY_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void remember(String podUid, Set<NodeProcess> processes) {
        history.computeIfAbsent(podUid, uid -> ConcurrentHashMap.newKeySet()).addAll(processes);
    }

    /** The processes in this pod's cgroups now. */
    public Set<NodeProcess> processesOf(String podUid) {
        return look().getOrDefault(podUid, Set.of());
    }

    /** All processes that were ever seen in this pod's cgroups. */
    public Set<NodeProcess> everSeenOf(String podUid) {
        return Set.copyOf(history.getOrDefault(podUid, Set.of()));
    }

    private Map<String, Set<NodeProcess>> look() {
        Map<String, Set<NodeProcess>> found = new ConcurrentHashMap<>();
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    Matcher pod = POD.matcher(directory.toString());
                    if (pod.find()) {
                        found.computeIfAbsent(pod.group(1).replace('_', '-'), uid -> new HashSet<>())
                                .addAll(processesIn(directory));
                    }
                    return FileVisitResult.CONTINUE;
                }

                // Cgroups come and go while one looks.
                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static Set<NodeProcess> processesIn(Path cgroup) {
        Set<NodeProcess> processes = new HashSet<>();
        try {
            for (String pid : Files.readAllLines(cgroup.resolve("cgroup.procs"), StandardCharsets.US_ASCII)) {
                NodeProcess.of(Long.parseLong(pid)).ifPresent(processes::add);
            }
        } catch (NoSuchFileException e) {
            // The cgroup was removed a moment ago, so nothing is in it.
        } catch (IOException e) {
            if (Files.exists(cgroup)) {
                throw new UncheckedIOException(e);
            }
        }
        return processes;
    }
}
