package dev.countersign.cli.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.cli.kube.Trouble;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What the caller brings along on the command line, in files or on standard input. */
final class Given {
    /** The bound of one field of an Execution; the server holds their sum. */
    private static final int MOST_BYTES = 256 << 10;

    private Given() {}

    /** A text, or {@code @FILE} for the text in it; {@code option} says whose it is. */
    static String text(String option, String given) {
        if (!given.startsWith("@")) {
            return given;
        }
        String text = utf8(bytes(option, Path.of(given.substring(1))));
        if (text == null) {
            throw Trouble.refused(option + ": " + given.substring(1) + " is not UTF-8", "convert it to UTF-8");
        }
        return text;
    }

    /** A JSON value, numbers kept to the last digit. */
    static JsonNode json(String option, String given) {
        try {
            return new ObjectMapper()
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .readTree(text(option, given));
        } catch (JsonProcessingException e) {
            throw Trouble.refused(
                            option + " is not JSON: " + e.getOriginalMessage(), "give JSON, or @FILE with JSON in it")
                    .because(e);
        }
    }

    /** Standard input to its end. */
    static String input(InputStream in) {
        try {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            String text = bytes.length > MOST_BYTES ? null : utf8(bytes);
            if (text == null) {
                throw Trouble.refused(
                        "standard input is not UTF-8, or more than " + MOST_BYTES + " bytes",
                        "give it as a file: --file PATH");
            }
            return text;
        } catch (IOException e) {
            throw Trouble.refused("standard input cannot be read", "check what is piped into this")
                    .because(e);
        }
    }

    /** {@code PATH} or {@code NAME=PATH}: a file for the run, as text where it is text. */
    static ObjectNode file(String given) {
        int equals = given.indexOf('=');
        Path path = Path.of(equals < 0 ? given : given.substring(equals + 1));
        Path last = path.getFileName();
        String name = equals > 0 ? given.substring(0, equals) : last == null ? given : last.toString();
        byte[] content = bytes("--file", path);
        ObjectNode file = JsonNodeFactory.instance.objectNode().put("path", name);
        String text = utf8(content);
        return text == null
                ? file.put("contentBase64", Base64.getEncoder().encodeToString(content))
                : file.put("content", text);
    }

    private static byte[] bytes(String option, Path path) {
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw Trouble.refused(
                        option + ": " + path + " is more than " + MOST_BYTES + " bytes", "give less to one run");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw Trouble.refused(option + ": " + path + " cannot be read", "check that the file is there")
                    .because(e);
        }
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
