package dev.countersign.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records to lines and back. A line is one JSON object in ASCII: every other character is escaped, so that no line
 * break, control sequence or text direction mark in a name can change what a person sees of the log.
 *
 * <p>A line is hashed as stored; nothing ever depends on writing the same record again in the same way.
 */
final class RecordCodec {

    /** Version of the line format, in every line. */
    static final int VERSION = 1;
    /**
     * Longest line, in bytes. Names, digests and reasons are bounded by the CRDs to a few KiB; the bound is what keeps
     * memory bounded when a damaged file is read.
     */
    static final int MAX_LINE = 64 * 1024;
    /** Room kept for what the log adds to an event's own fields; their real size is under 400 bytes. */
    private static final int ENVELOPE = 1024;

    private final JsonMapper mapper = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .addMixIn(AuditEvent.OfObject.class, SubjectInline.class)
            .addMixIn(AuditEvent.Governed.class, GovernanceInline.class)
            .build();

    /** The subject's fields stand in the line itself, not in an object of their own. */
    private interface SubjectInline {
        @JsonUnwrapped
        AuditSubject subject();
    }

    /** As the subject's. */
    private interface GovernanceInline {
        @JsonUnwrapped
        Governance governance();
    }

    /**
     * The part of the line that depends on the event only: a JSON object.
     *
     * @throws IllegalArgumentException if the event does not fit into a line
     */
    byte[] facts(AuditEvent event) {
        ObjectNode facts = mapper.createObjectNode().put("type", event.type().word());
        facts.setAll((ObjectNode) mapper.valueToTree(event));
        byte[] bytes = bytes(facts);
        if (bytes.length > MAX_LINE - ENVELOPE) {
            throw new IllegalArgumentException(event.type().word() + " has " + bytes.length + " bytes, more than the "
                    + (MAX_LINE - ENVELOPE) + " that fit into an audit record");
        }
        return bytes;
    }

    /** The whole line, without its newline. */
    byte[] line(String logId, long seq, String prev, Instant time, long epoch, byte[] facts) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(facts.length + ENVELOPE);
        try (JsonGenerator json = mapper.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("v", VERSION);
            json.writeStringField("logId", logId);
            json.writeNumberField("seq", seq);
            json.writeStringField("prev", prev);
            json.writeStringField("time", time.toString());
            json.writeNumberField("epoch", epoch);
            json.flush();
            // Two JSON objects become one: the open envelope, and the facts without their opening brace.
            line.write(',');
            line.write(facts, 1, facts.length - 1);
            json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be written", e);
        }
        return line.toByteArray();
    }

    /**
     * Reads what the log needs, and checks the whole line to be one JSON object.
     *
     * @throws JsonProcessingException if the bytes are not JSON: a torn line, maybe
     * @throws BadRecordException if they are JSON and not a record
     */
    RecordHeader header(byte[] bytes, int offset, int length) throws JsonProcessingException, BadRecordException {
        HeaderFields fields = new HeaderFields();
        try (JsonParser json = mapper.createParser(bytes, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                json.skipChildren();
                throw new BadRecordException("is not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                fields.read(name, json, json.nextToken());
            }
            if (json.nextToken() != null) {
                throw new BadRecordException("has more than one JSON value");
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot fail to be read", e);
        }
        return fields.header();
    }

    /** The header of a line that {@link #line} made. */
    RecordHeader headerOf(byte[] line) {
        try {
            return header(line, 0, line.length);
        } catch (JsonProcessingException | BadRecordException e) {
            throw new IllegalStateException("a line was made that this program itself cannot read", e);
        }
    }

    /** Reads an event's own fields out of a stored line. */
    <T extends AuditEvent> T event(byte[] line, Class<T> type) {
        try {
            return mapper.readValue(line, type);
        } catch (IOException e) {
            throw new UncheckedIOException("a line that was accepted cannot be read as " + type.getSimpleName(), e);
        }
    }

    private byte[] bytes(ObjectNode node) {
        try {
            return mapper.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException("a tree of JSON values cannot fail to be written", e);
        }
    }

    /** Collects the header's fields in whatever order they stand. */
    private static final class HeaderFields {
        private int version = -1;
        private @Nullable String logId;
        private long seq = -1;
        private @Nullable String prev;
        private @Nullable Instant time;
        private long epoch = -1;
        private @Nullable String type;
        private @Nullable String uid;
        private int attempt;

        void read(String name, JsonParser json, JsonToken token) throws IOException, BadRecordException {
            switch (name) {
                case "v" -> version = smallNumber(name, json, token);
                case "logId" -> logId = text(name, json, token);
                case "seq" -> seq = number(name, json, token);
                case "prev" -> prev = text(name, json, token);
                case "time" -> time = instant(text(name, json, token));
                case "epoch" -> epoch = number(name, json, token);
                case "type" -> type = text(name, json, token);
                case "uid" -> uid = text(name, json, token);
                case "attempt" -> attempt = smallNumber(name, json, token);
                default -> json.skipChildren();
            }
        }

        RecordHeader header() throws BadRecordException {
            if (version != VERSION) {
                throw new BadRecordException(
                        version < 0 ? "has no v" : "has version " + version + ", this program reads " + VERSION);
            }
            if (logId == null || prev == null || time == null || type == null || seq < 0 || epoch < 0) {
                throw new BadRecordException("lacks one of logId, seq, prev, time, epoch, type");
            }
            return new RecordHeader(version, logId, seq, prev, time, epoch, type, uid, attempt);
        }

        private static long number(String name, JsonParser json, JsonToken token)
                throws IOException, BadRecordException {
            if (token != JsonToken.VALUE_NUMBER_INT) {
                throw new BadRecordException(name + " is not an integer");
            }
            return json.getLongValue();
        }

        private static int smallNumber(String name, JsonParser json, JsonToken token)
                throws IOException, BadRecordException {
            long number = number(name, json, token);
            if (number < 0 || number > Integer.MAX_VALUE) {
                throw new BadRecordException(name + " is out of range");
            }
            return (int) number;
        }

        private static String text(String name, JsonParser json, JsonToken token)
                throws IOException, BadRecordException {
            if (token != JsonToken.VALUE_STRING) {
                throw new BadRecordException(name + " is not a string");
            }
            return json.getText();
        }

        private static Instant instant(String text) throws BadRecordException {
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                throw new BadRecordException("time is not a time");
            }
        }
    }

    /** Valid JSON that is not a record of this log. */
    static final class BadRecordException extends Exception {

        private final String problem;

        BadRecordException(String problem) {
            super(problem);
            this.problem = problem;
        }

        String problem() {
            return problem;
        }
    }
}
