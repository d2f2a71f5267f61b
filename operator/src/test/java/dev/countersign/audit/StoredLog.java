package dev.countersign.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Reads a log's files as an auditor would: without any of the code under test. */
final class StoredLog {

    private final Path directory;

    StoredLog(Path directory) {
        this.directory = directory;
    }

    List<Path> segments() {
        return matching("audit-");
    }

    List<Path> sideFiles() {
        return matching("torn-");
    }

    /** The lines of all segments, without their newlines. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (Path segment : segments()) {
            String text = read(segment);
            if (!text.isEmpty() && !text.endsWith("\n")) {
                throw new AssertionError(segment + " does not end with a newline");
            }
            text.lines().forEach(lines::add);
        }
        return lines;
    }

    List<JsonNode> records() {
        ObjectMapper mapper = new ObjectMapper();
        return lines().stream()
                .map(line -> {
                    try {
                        return mapper.readTree(line);
                    } catch (IOException e) {
                        throw new AssertionError("not JSON: " + line, e);
                    }
                })
                .toList();
    }

    List<String> types() {
        return records().stream().map(record -> record.get("type").asText()).toList();
    }

    List<JsonNode> ofType(String type) {
        return records().stream()
                .filter(record -> record.get("type").asText().equals(type))
                .toList();
    }

    /** Fails unless every record links to the one before. */
    void requireLinked() {
        List<String> lines = lines();
        List<JsonNode> records = records();
        String previous = "sha256:" + "0".repeat(64);
        for (int i = 0; i < lines.size(); i++) {
            if (records.get(i).get("seq").asLong() != i
                    || !records.get(i).get("prev").asText().equals(previous)) {
                throw new AssertionError("record " + i + " is out of line: " + lines.get(i));
            }
            previous = "sha256:" + sha256(lines.get(i).getBytes(StandardCharsets.UTF_8));
        }
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> matching(String prefix) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
