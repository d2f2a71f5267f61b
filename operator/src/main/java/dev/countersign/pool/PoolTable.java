package dev.countersign.pool;

import dev.countersign.sandbox.pod.SandboxShape;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Pools as text in columns. Pure. */
final class PoolTable {
    private static final List<String> HEAD = List.of(
            "DEPARTMENT", "LANGUAGE", "MEMORY", "DISK", "SHAPE", "WAITING", "STARTING", "TARGET", "TAKEN", "FAILURE");
    private static final int MOST_FAILURE_CHARS = 120;

    /** A ConfigMap holds 1 MiB; this is far below. */
    private static final int MOST_ROWS = 500;

    private PoolTable() {}

    static String of(List<PoolRow> rows) {
        var lines = Stream.concat(
                        Stream.of(HEAD), rows.stream().limit(MOST_ROWS).map(PoolTable::cells))
                .toList();
        int[] widths = IntStream.range(0, HEAD.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> line.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return lines.stream().map(line -> line(line, widths)).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String line(List<String> cells, int[] widths) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> cells.get(column)
                        + " ".repeat(widths[column] - cells.get(column).length()))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    private static List<String> cells(PoolRow row) {
        SandboxShape shape = row.key().shape();
        var target = row.target();
        return List.of(
                row.key().department(),
                shape.language().name(),
                mebibytes(shape.memoryClassBytes()),
                mebibytes(shape.diskClassBytes()),
                shape.hash(),
                Integer.toString(row.waiting()),
                Integer.toString(row.starting()),
                target.isBounded() ? target.allowed() + " of " + target.wanted() : Integer.toString(target.allowed()),
                Integer.toString(row.taken()),
                row.lastFailure().isEmpty() ? "-" : clip(row.lastFailure()));
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + "Mi";
    }

    private static String clip(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= MOST_FAILURE_CHARS ? line : line.substring(0, MOST_FAILURE_CHARS - 3) + "...";
    }
}
