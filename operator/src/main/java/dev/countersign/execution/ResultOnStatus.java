package dev.countersign.execution;

import dev.countersign.api.execution.ExecutionResult;
import dev.countersign.api.execution.OutputFile;
import dev.countersign.api.execution.Usage;
import dev.countersign.sandbox.wire.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run's result as the CR shows it. Pure. */
final class ResultOnStatus {
    // Of JSON's escapes the longest takes six characters; base64 takes four for three bytes.
    private static final int ESCAPED_CHARS = 6;

    // Bounds of the schema (ExecutionResult.files, OutputFile.path, OutputFile.refused).
    private static final int MOST_FILES = 32;
    private static final int MOST_PATH_CHARS = 255;
    private static final int MOST_REFUSED_CHARS = 256;

    private ResultOnStatus() {}

    static ExecutionResult of(RunOutcome outcome) {
        var result = outcome.result();
        var stdout = Text.of(outcome.stdout());
        var stderr = Text.of(outcome.stderr());
        if (result == null) {
            return new ExecutionResult(
                    null,
                    null,
                    stdout.plain(),
                    stdout.base64(),
                    true,
                    stderr.plain(),
                    stderr.base64(),
                    true,
                    null,
                    List.of(),
                    null,
                    null);
        }
        var usage = result.usage();
        return new ExecutionResult(
                result.exitCode(),
                result.signal(),
                stdout.plain(),
                stdout.base64(),
                result.stdoutTruncated(),
                stderr.plain(),
                stderr.base64(),
                result.stderrTruncated(),
                result.value(),
                files(result.files()),
                null,
                new Usage(usage.wallMillis(), usage.cpuMillis(), usage.peakMemoryBytes(), usage.outputBytes()));
    }

    // File names are the code's choice: two that are equal once cut to the schema's length would have the whole status
    // refused, and with it the outcome.
    private static List<OutputFile> files(List<dev.countersign.sandbox.wire.OutputFile> files) {
        Map<String, OutputFile> byPath = new LinkedHashMap<>();
        files.stream()
                .limit(MOST_FILES)
                .forEach(file -> byPath.putIfAbsent(clip(file.path(), MOST_PATH_CHARS), file(file)));
        return List.copyOf(byPath.values());
    }

    private static OutputFile file(dev.countersign.sandbox.wire.OutputFile file) {
        return new OutputFile(
                clip(file.path(), MOST_PATH_CHARS),
                file.size(),
                file.sha256(),
                Optional.ofNullable(file.content()).map(Bytes::base64).orElse(null),
                file.truncated() ? true : null,
                file.refused() == null ? null : clip(file.refused(), MOST_REFUSED_CHARS));
    }

    private static String clip(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most);
    }

    /** Output as text where it is UTF-8 that stays small in JSON, as base64 where not. Exactly one is not null. */
    private record Text(@Nullable String plain, @Nullable String base64) {
        static Text of(Bytes bytes) {
            try {
                String text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes.toByteArray()))
                        .toString();
                return isCheapInJson(text, bytes.size()) ? new Text(text, null) : new Text(null, bytes.base64());
            } catch (CharacterCodingException e) {
                return new Text(null, bytes.base64());
            }
        }

        // Output full of control characters would grow to six times its size and burst the object's limit.
        private static boolean isCheapInJson(String text, int bytes) {
            long escaped = text.chars()
                    .filter(c -> c < ' ' && c != '\n' && c != '\t' && c != '\r')
                    .count();
            return escaped * ESCAPED_CHARS <= bytes / 3 + ESCAPED_CHARS;
        }
    }
}
