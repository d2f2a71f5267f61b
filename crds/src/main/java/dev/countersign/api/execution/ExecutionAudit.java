package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Limits;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the run's audit record and a pointer to it. The log is the truth; this is for reading at a glance, and it
 * survives neither the object nor a writer of the status.
 */
@ApiType
public record ExecutionAudit(
        @Size(max = 253) @JsonPropertyDescription("The log that holds the record.") @Nullable
        String logId,

        @Min(0) @Max(9007199254740991d) @JsonPropertyDescription("Number of the record in the log.") @Nullable
        Long seq,

        @Size(max = 128) @JsonPropertyDescription("Hash of the record as it stands in the log.") @Nullable
        String leafHash,

        @Size(max = 4096) @JsonPropertyDescription("Signed state of the log that covers the record.") @Nullable
        String checkpoint,

        @Size(max = 8192) @JsonPropertyDescription("Proof that the checkpoint covers the record.") @Nullable
        String proof,

        @JsonPropertyDescription("How sure the record is of the names in it.") @Nullable
        AuditIdentity identity,

        @JsonPropertyDescription("Who asked for the run.") @Nullable
        Subject requestedBy,

        @JsonPropertyDescription("The approval the run was let in by.") @Nullable
        AuditedApproval approval,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the template as it ran.")
        @Nullable
        String templateDigest,

        @Size(max = 71) @Pattern(Patterns.SHA256_DIGEST) @JsonPropertyDescription("Digest of the request.") @Nullable
        String requestDigest,

        @Size(max = 71) @Pattern(Patterns.SHA256_DIGEST) @JsonPropertyDescription("Digest of the inputs.") @Nullable
        String inputsDigest,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the code as handed to the sandbox.")
        @Nullable
        String codeDigest,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of standard output.")
        @Nullable
        String stdoutDigest,

        @Size(max = 71) @Pattern(Patterns.SHA256_DIGEST) @JsonPropertyDescription("Digest of standard error.") @Nullable
        String stderrDigest,

        @Size(max = 71) @Pattern(Patterns.SHA256_DIGEST) @JsonPropertyDescription("Digest of the JSON value.") @Nullable
        String valueDigest,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the list of output files.")
        @Nullable
        String filesDigest,

        @JsonPropertyDescription("The limits in effect.") @Nullable
        Limits limits,

        @JsonPropertyDescription("The pod the run was given.") @Nullable
        AuditedPod pod,

        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription("Digest of the sandbox image.")
        @Nullable
        String imageDigest,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When the run was let in, on record before anything ran.")
        @Nullable
        Instant authorizedAt,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When the sandbox accepted the code.")
        @Nullable
        Instant startedAt,

        @JsonFormat(shape = JsonFormat.Shape.STRING)
        @JsonPropertyDescription("When the end of the run was recorded.")
        @Nullable
        Instant finishedAt,

        @Size(max = 64) @Pattern(Patterns.CAMEL_CASE) @JsonPropertyDescription("Reason the run ended with.") @Nullable
        String outcome) {}
