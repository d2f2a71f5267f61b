package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.TreeMap;

/** The job as JSON, and framed. Field names are the protocol's: written out rather than taken from Java names. */
final class JobPayload {
    /** Characters beyond the basic plane in their four bytes of UTF-8, not in twelve of escapes. */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build());

    private JobPayload() {}

    static byte[] of(Job job) throws JsonProcessingException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", Protocol.VERSION);
        root.put("executionUid", job.key().executionUid().toString());
        root.put("attempt", job.key().attempt());
        root.put("key", job.key().base64());
        root.put("language", job.language());
        root.put("code", job.code());
        JsonNode inputs = job.inputs();
        if (inputs != null) {
            root.set("inputs", inputs);
        }
        root.put("stdin", job.stdin().base64());
        var files = root.putArray("files");
        for (InputFile file : job.files()) {
            files.addObject()
                    .put("path", file.path())
                    .put("content", file.content().base64());
        }
        ObjectNode env = root.putObject("env");
        new TreeMap<>(job.env()).forEach(env::put);
        root.set("limits", limits(job.limits()));
        return JSON.writeValueAsBytes(root);
    }

    /** The payload behind the header line that tells its length and SHA-256. */
    static byte[] framed(byte[] payload) {
        byte[] header = ("COUNTERSIGN-JOB/1 " + payload.length + " "
                        + Bytes.wrap(payload).sha256() + "\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] frame = Arrays.copyOf(header, header.length + payload.length);
        System.arraycopy(payload, 0, frame, header.length, payload.length);
        return frame;
    }

    private static ObjectNode limits(JobLimits limits) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("cpuMillis", limits.cpuMillis())
                .put("wallMillis", limits.wallMillis())
                .put("memoryBytes", limits.memoryBytes())
                .put("outputBytes", limits.outputBytes())
                .put("diskBytes", limits.diskBytes())
                .put("processes", limits.processes())
                .put("fileBytes", limits.fileBytes())
                .put("valueBytes", limits.valueBytes());
    }
}
