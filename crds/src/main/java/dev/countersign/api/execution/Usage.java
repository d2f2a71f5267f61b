package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * What the whole process tree used, ended processes included.
 */
@ApiType
public record Usage(
        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("Milliseconds from the start of the code to its end.")
        @Nullable
        Long wallMillis,

        @Min(0) @Max(9007199254740991d) @JsonPropertyDescription("Milliseconds of CPU time, user and system.") @Nullable
        Long cpuMillis,

        @Min(0) @Max(9007199254740991d) @JsonPropertyDescription("Largest memory use in bytes.") @Nullable
        Long peakMemoryBytes,

        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("Bytes written to standard output and error.")
        @Nullable
        Long outputBytes) {}
