package dev.countersign.e2e.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** One process of the node, told apart from a later one of the same pid by its start time in clock ticks. */
public record NodeProcess(long pid, long started) {
    private static final int FIELDS_AFTER_NAME_BEFORE_START = 19;

    static Optional<NodeProcess> of(long pid) {
        return stat(pid).map(fields -> new NodeProcess(pid, Long.parseLong(fields[FIELDS_AFTER_NAME_BEFORE_START])));
    }

    /** Whether it still runs; a process that is dead and only not yet waited for does not. */
    public boolean isAlive() {
        return stat(pid)
                .filter(fields -> Long.parseLong(fields[FIELDS_AFTER_NAME_BEFORE_START]) == started)
                .filter(fields -> !fields[0].equals("Z") && !fields[0].equals("X"))
                .isPresent();
    }

    /** Its command line; empty once it is gone. */
    public String command() {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    /** Kills it: SIGKILL. */
    void kill() {
        ProcessHandle.of(pid)
                .filter(handle -> isAlive())
                .orElseThrow(() -> new AssertionError("process " + pid + " is gone"))
                .destroyForcibly();
    }

    // proc(5): the name in parentheses may hold anything, so the fields are counted from the last parenthesis on.
    private static Optional<String[]> stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public String toString() {
        return pid + " (" + command() + ")";
    }
}
