package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Condition;
import dev.countersign.api.ListForm;
import dev.countersign.api.Patterns;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the run went. Written once for the whole outcome.
 *
 * <p>Conditions: {@code Authorized} is True with reason Approved once the check chain has let the run pass, Unknown
 * with AwaitingApproval while a person is asked, and False with the reason it was refused. {@code Succeeded} is
 * Unknown with Pending or Running until the end, then True with Completed or False with the reason. {@code Finished}
 * becomes True with the reason of Succeeded, on every outcome.
 */
@ApiType
public record ExecutionStatus(
        @Min(0)
        @Max(9007199254740991d)
        @JsonPropertyDescription("metadata.generation this status was made from.")
        @Nullable
        Long observedGeneration,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the template as it ran.")
        @Nullable
        String templateDigest,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of this Execution's spec, the template digest and the inputs: what an "
                + "ExecutionApproval approves.")
        @Nullable
        String requestDigest,

        @Min(1) @Max(1000) @JsonPropertyDescription("Which attempt this is, from 1.") @Nullable
        Integer attempt,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When the code was handed to a sandbox.")
        @Nullable
        Instant startTime,

        @JsonFormat(shape = JsonFormat.Shape.STRING) @JsonPropertyDescription("When the run ended.") @Nullable
        Instant completionTime,

        @JsonPropertyDescription("The sandbox the code ran in.") @Nullable
        SandboxReference sandbox,

        @JsonPropertyDescription("Warm if a sandbox waited for the run, else why one had to be started for it.")
        @Nullable
        SandboxStart sandboxStart,

        @JsonPropertyDescription("What came out of it.") @Nullable
        ExecutionResult result,

        @JsonPropertyDescription("The record of the run in the audit log, and where it stands.") @Nullable
        ExecutionAudit audit,

        @Size(max = 8)
        @ListMap("type")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The conditions of this object, one of a type.")
        List<Condition> conditions) {

    public ExecutionStatus {
        conditions = ListForm.of(conditions);
    }
}
