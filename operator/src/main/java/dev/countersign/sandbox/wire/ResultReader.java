package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the payloads of accepted and result frames, strictly. */
final class ResultReader {
    /** Output files in one result; the supervisor lists no more, and an Execution's status takes no more. */
    private static final int MAX_FILES = 32;

    /** The supervisor's bound in bytes of UTF-8, of which there are never less than UTF-16 units. */
    private static final int MAX_PATH = 255;

    private static final int MAX_MESSAGE = 4096;
    private static final int MAX_SIGNAL = 32;

    /**
     * The whole result is bounded by the run's bytes already, so the reader's own bounds are lifted that far: a long
     * number or a deep value is the code's doing, and {@link CodeValue} gives up the value alone.
     */
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Protocol.MAX_RUN_BYTES)
                            .maxNumberLength(Protocol.MAX_RUN_BYTES)
                            .maxStringLength(Protocol.MAX_RUN_BYTES)
                            .maxNameLength(Protocol.MAX_RUN_BYTES)
                            .build())
                    // Names are the code's: not worth remembering, and a table of them can be made to collide.
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private ResultReader() {}

    /** A result and what it says of the output before it. */
    record Parsed(SandboxResult result, long stdoutBytes, String stdoutSha256, long stderrBytes, String stderrSha256) {
        /** What does not fit the output that arrived. */
        Optional<String> mismatch(Bytes stdout, Bytes stderr) {
            if (stdout.size() != stdoutBytes || stderr.size() != stderrBytes) {
                return Optional.of("the result tells of %d and %d bytes of output, %d and %d came"
                        .formatted(stdoutBytes, stderrBytes, stdout.size(), stderr.size()));
            }
            if (!stdout.sha256().equals(stdoutSha256) || !stderr.sha256().equals(stderrSha256)) {
                return Optional.of("the result's hash of the output is another than that of what came");
            }
            return Optional.empty();
        }
    }

    /** Checks that an accepted frame tells of the run whose key opened it. */
    static void accepted(Bytes payload, RunKey key) throws MalformedPayload {
        var accepted = new Document("accepted", payload).fields();
        accepted.number("version", Protocol.VERSION, Protocol.VERSION);
        accepted.number("attempt", key.attempt(), key.attempt());
        if (!accepted.text("executionUid", 36).equals(key.executionUid().toString())) {
            throw new MalformedPayload("accepted.executionUid is another run's");
        }
        accepted.nothingElse();
    }

    static Parsed result(Bytes payload) throws MalformedPayload {
        var document = new Document("result", payload);
        var fields = document.fields();
        fields.number("version", Protocol.VERSION, Protocol.VERSION);
        var outcome = Outcome.of(fields.text("outcome", 64))
                .orElseThrow(() -> new MalformedPayload("result.outcome is not known to v1"));
        var result = new SandboxResult(
                outcome,
                fields.has("exitCode") ? (Integer) (int) fields.number("exitCode", 0, 255) : null,
                fields.textOrNull("signal", MAX_SIGNAL),
                usage(fields.object("usage")),
                fields.flag("stdoutTruncated"),
                fields.flag("stderrTruncated"),
                document.value,
                document.valueProblem != null ? document.valueProblem : fields.textOrNull("valueError", MAX_MESSAGE),
                files(fields.objects("files", MAX_FILES)),
                Optional.ofNullable(fields.textOrNull("message", MAX_MESSAGE)).orElse(""));
        fields.textOrNull("valueError", MAX_MESSAGE);
        var parsed = new Parsed(
                result,
                fields.number("stdoutBytes", 0, Protocol.MAX_RUN_BYTES),
                fields.sha256("stdoutSha256"),
                fields.number("stderrBytes", 0, Protocol.MAX_RUN_BYTES),
                fields.sha256("stderrSha256"));
        fields.nothingElse();
        return parsed;
    }

    private static Usage usage(StrictObject fields) throws MalformedPayload {
        var usage = new Usage(
                fields.number("wallMillis", 0, Long.MAX_VALUE),
                fields.number("cpuMillis", 0, Long.MAX_VALUE),
                fields.number("peakMemoryBytes", 0, Long.MAX_VALUE),
                fields.number("outputBytes", 0, Long.MAX_VALUE));
        fields.nothingElse();
        return usage;
    }

    private static List<OutputFile> files(List<StrictObject> items) throws MalformedPayload {
        List<OutputFile> files = new ArrayList<>();
        for (StrictObject item : items) {
            files.add(new OutputFile(
                    item.text("path", MAX_PATH),
                    item.number("size", 0, Long.MAX_VALUE),
                    item.has("sha256") ? item.sha256("sha256") : null,
                    item.base64OrNull("content", Protocol.MAX_RUN_BYTES),
                    item.flag("truncated"),
                    item.textOrNull("refused", MAX_MESSAGE)));
            item.nothingElse();
        }
        return files;
    }

    /** A payload cut in two: the supervisor's fields, and the code's value. */
    private static final class Document {
        private final String name;
        private final ObjectNode envelope = JSON.createObjectNode();
        private @Nullable JsonNode value;
        private @Nullable String valueProblem;

        Document(String name, Bytes payload) throws MalformedPayload {
            this.name = name;
            try (JsonParser parser = JSON.createParser(payload.shared())) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new MalformedPayload(name + " is not an object");
                }
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    field(parser);
                }
                if (parser.nextToken() != null) {
                    throw new MalformedPayload(name + " has something behind its end");
                }
            } catch (IOException e) {
                // Jackson's message may quote what the code wrote, so it stays here.
                throw new MalformedPayload(name + " is not JSON");
            }
        }

        StrictObject fields() throws MalformedPayload {
            return new StrictObject(name, envelope);
        }

        private void field(JsonParser parser) throws IOException, MalformedPayload {
            String field = parser.currentName();
            if (envelope.has(field)) {
                throw new MalformedPayload(name + " has a field twice");
            }
            parser.nextToken();
            if (!field.equals("value")) {
                envelope.set(field, JSON.<JsonNode>readTree(parser));
                return;
            }
            if (value != null || valueProblem != null) {
                throw new MalformedPayload(name + " has a field twice");
            }
            var codeValue = new CodeValue(parser);
            value = codeValue.read();
            valueProblem = codeValue.problem();
        }
    }
}
