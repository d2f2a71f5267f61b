package dev.countersign.sandbox.wire;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The supervisor's account of a run. Its output's sizes and hashes have been checked against what arrived, so they
 * are not repeated here.
 *
 * @param exitCode 0 to 255; null when a signal ended the code or it never started
 * @param signal such as {@code SIGKILL}; null when the code exited
 * @param stdoutTruncated the code wrote more to stdout than was sent
 * @param stderrTruncated the code wrote more to stderr than was sent
 * @param value the code's JSON value, fit to be stored in Kubernetes; null when there is none or it is not fit
 * @param valueError why there is no value although the code left one
 * @param message one sentence for people
 */
public record SandboxResult(
        Outcome outcome,
        @Nullable Integer exitCode,
        @Nullable String signal,
        Usage usage,
        boolean stdoutTruncated,
        boolean stderrTruncated,
        @Nullable JsonNode value,
        @Nullable String valueError,
        List<OutputFile> files,
        String message) {
    /** Copies the list. */
    public SandboxResult {
        files = List.copyOf(files);
    }

    /** Tells outcome and usage only: value, file names and messages are the code's and do not belong in a log. */
    @Override
    public String toString() {
        return "SandboxResult[" + outcome.wireName() + ", exit " + exitCode + ", signal " + signal + ", " + usage + "]";
    }
}
