package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.ApiType;
import dev.countersign.api.ListForm;
import dev.countersign.api.Patterns;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run produced. Standard output and error are text where they are valid UTF-8, and base64 in the field of that
 * name where they are not.
 */
@ApiType
public record ExecutionResult(
        @Min(0)
        @Max(255)
        @JsonPropertyDescription("Exit code. Absent when a signal or a limit ended the run.")
        @Nullable
        Integer exitCode,

        @Size(max = 16)
        @Pattern("^SIG[A-Z0-9+-]+$")
        @JsonPropertyDescription("Signal that ended the code, such as SIGKILL.")
        @Nullable
        String signal,

        @Size(max = 98304) @JsonPropertyDescription("Standard output, when it is valid UTF-8.") @Nullable
        String stdout,

        @Size(max = 131072)
        @Pattern(Patterns.BASE64)
        @JsonPropertyDescription("Standard output as base64, when it is not valid UTF-8.")
        @Nullable
        String stdoutBase64,

        @JsonPropertyDescription("Standard output went on past what is kept.") @Nullable
        Boolean stdoutTruncated,

        @Size(max = 98304) @JsonPropertyDescription("Standard error, when it is valid UTF-8.") @Nullable
        String stderr,

        @Size(max = 131072)
        @Pattern(Patterns.BASE64)
        @JsonPropertyDescription("Standard error as base64, when it is not valid UTF-8.")
        @Nullable
        String stderrBase64,

        @JsonPropertyDescription("Standard error went on past what is kept.") @Nullable
        Boolean stderrTruncated,

        @JsonPropertyDescription("The JSON value the code wrote to result.json.") @Nullable
        JsonNode value,

        @Size(max = 32)
        @ListMap("path")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("Files the code left in its outputs directory.")
        List<OutputFile> files,

        @Min(0) @Max(1000000) @JsonPropertyDescription("How many secrets were cut out of the output.") @Nullable
        Integer redactions,

        @JsonPropertyDescription("What the run used.") @Nullable
        Usage usage) {

    public ExecutionResult {
        files = ListForm.of(files);
    }
}
