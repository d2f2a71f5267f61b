package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One run, whole: everything the supervisor needs and all it ever gets. Its text shows neither code nor inputs.
 *
 * @param key seals the frames, and says whose run it is
 * @param language {@code Python}, {@code JavaScript} or {@code Bash}; must be what the pod was started for
 * @param code written to a file, never into a command line
 * @param inputs written to {@code inputs.json}; null writes {@code {}}
 * @param stdin the code's standard input
 * @param env added to the environment that the supervisor builds
 */
public record Job(
        RunKey key,
        String language,
        String code,
        @Nullable JsonNode inputs,
        Bytes stdin,
        List<InputFile> files,
        Map<String, String> env,
        JobLimits limits) {
    /** Copies the lists. */
    public Job {
        files = List.copyOf(files);
        env = Map.copyOf(env);
    }

    @Override
    public String toString() {
        return "Job[" + key + ", " + language + ", " + files.size() + " files]";
    }
}
