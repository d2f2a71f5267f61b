package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The files of an audit log, read as anybody can read them: one JSON object a line. */
public record AuditFile(Path directory) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A line of the log: its text as stored, and what it says. */
    public record Entry(String line, JsonNode json) {
        /** RFC 6962: the hash of a leaf is over a zero byte and the leaf. */
        public String leafHash() {
            try {
                MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
                sha256.update((byte) 0);
                return "sha256:" + HexFormat.of().formatHex(sha256.digest(line.getBytes(StandardCharsets.UTF_8)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java platform has SHA-256", e);
            }
        }

        public String type() {
            return json.path("type").asText();
        }
    }

    /** The log of the operator in the cluster, whose volume is a directory of this node. */
    public static AuditFile ofOperator(Cluster cluster) {
        KubernetesClient client = cluster.admin();
        String volume = client.persistentVolumeClaims()
                .inNamespace(OperatorDeployment.NAMESPACE)
                .withName("countersign-audit")
                .get()
                .getSpec()
                .getVolumeName();
        PersistentVolume bound = client.persistentVolumes().withName(volume).get();
        if (bound.getSpec().getLocal() == null) {
            throw new AssertionError("the audit log's volume is no directory of a node: " + bound.getSpec());
        }
        Path directory = Path.of(bound.getSpec().getLocal().getPath());
        if (!Files.isDirectory(directory)) {
            throw new AssertionError(directory + ", the audit log's volume, is not on this machine");
        }
        return new AuditFile(directory);
    }

    /** Everything that stands in the log now. */
    public List<Entry> entries() {
        return segments().stream()
                .flatMap(AuditFile::lines)
                .map(AuditFile::entry)
                .toList();
    }

    /** What the log says of one object. */
    public List<Entry> entriesOf(String uid) {
        return segments().stream()
                .flatMap(AuditFile::lines)
                .filter(line -> line.contains(uid))
                .map(AuditFile::entry)
                .filter(entry -> entry.json().path("uid").asText().equals(uid))
                .toList();
    }

    /** The file that is written now. */
    public Path current() {
        return segments().getLast();
    }

    private List<Path> segments() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.getFileName().toString().matches("audit-[0-9]+\\.jsonl"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // A line without its end is still being written.
    private static Stream<String> lines(Path segment) {
        try {
            String text = Files.readString(segment, StandardCharsets.UTF_8);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Entry entry(String line) {
        try {
            return new Entry(line, JSON.readTree(line));
        } catch (JsonProcessingException e) {
            throw new AssertionError("a line of the audit log is no JSON: " + line, e);
        }
    }
}
