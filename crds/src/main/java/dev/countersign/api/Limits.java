package dev.countersign.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How much one run may use, over all its processes, ended ones included. A run that passes a limit is ended, with a
 * reason of its own for each limit.
 *
 * <p>An absent limit means something else by place: in a CodeTemplate the schema fills in the default, in an Execution
 * the template's limit stays, in the ceilings of an approval there is no ceiling for it. Sizes are a whole number with
 * Ki, Mi or Gi (powers of 1024) or plain bytes.
 */
@ApiType
@ValidationRule(
        value = "!has(self.memory) || (quantity(self.memory).compareTo(quantity('16Mi')) >= 0"
                + " && quantity(self.memory).compareTo(quantity('4Gi')) <= 0)",
        message = "limits.memory is not between 16Mi and 4Gi",
        fieldPath = ".memory")
@ValidationRule(
        value = "!has(self.output) || (quantity(self.output).compareTo(quantity('1')) >= 0"
                + " && quantity(self.output).compareTo(quantity('96Ki')) <= 0)",
        message = "limits.output is not between 1 byte and 96Ki",
        fieldPath = ".output")
@ValidationRule(
        value = "!has(self.disk) || (quantity(self.disk).compareTo(quantity('1Ki')) >= 0"
                + " && quantity(self.disk).compareTo(quantity('1Gi')) <= 0)",
        message = "limits.disk is not between 1Ki and 1Gi",
        fieldPath = ".disk")
public record Limits(
        @Min(1) @Max(3600) @JsonPropertyDescription("CPU time of the whole process tree, in seconds.") @Nullable
        Integer cpuTimeSeconds,

        @Min(1) @Max(3600) @JsonPropertyDescription("Time from the start of the code to its end, in seconds.") @Nullable
        Integer wallTimeSeconds,

        @Size(max = 16)
        @Pattern(Patterns.BYTE_QUANTITY)
        @JsonPropertyDescription("Memory of the whole process tree, 16Mi to 4Gi.")
        @Nullable
        String memory,

        @Size(max = 16)
        @Pattern(Patterns.BYTE_QUANTITY)
        @JsonPropertyDescription("Bytes of standard output and standard error together, 1 to 96Ki.")
        @Nullable
        String output,

        @Size(max = 16)
        @Pattern(Patterns.BYTE_QUANTITY)
        @JsonPropertyDescription("Bytes in the work directory, inputs and outputs included, 1Ki to 1Gi.")
        @Nullable
        String disk,

        @Min(1) @Max(512) @JsonPropertyDescription("Processes and threads at the same time.") @Nullable
        Integer processes) {}
