package dev.countersign.execution;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.execution.Execution;
import dev.countersign.sandbox.wire.Bytes;
import dev.countersign.sandbox.wire.InputFile;
import dev.countersign.sandbox.wire.Job;
import dev.countersign.sandbox.wire.JobLimits;
import dev.countersign.sandbox.wire.RunKey;
import dev.countersign.template.RunLimits;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The job that an Execution is, for the supervisor. Pure. */
final class JobOf {
    /**
     * Content of output files that a status can hold, in bytes, all files together: with 96 Ki of output in base64 and
     * the value it stays below the 256 KiB of a status.
     */
    static final long FILE_BYTES = 48 << 10;

    /** Largest {@code result.json}, in bytes; see {@link #FILE_BYTES}. */
    static final long VALUE_BYTES = 24 << 10;

    private JobOf() {}

    static Job of(Execution execution, RunKey key, String language, String code, RunLimits limits) {
        var spec = execution.getSpec();
        return new Job(
                key,
                language,
                code,
                spec.inputs() == null ? JsonNodeFactory.instance.objectNode() : spec.inputs(),
                spec.stdin() == null ? Bytes.EMPTY : Bytes.ofUtf8(spec.stdin()),
                (spec.files() == null ? List.<dev.countersign.api.execution.InputFile>of() : spec.files())
                        .stream().map(JobOf::file).toList(),
                Map.of(),
                new JobLimits(
                        limits.cpuMillis(),
                        limits.wallMillis(),
                        limits.memoryBytes(),
                        limits.outputBytes(),
                        limits.diskBytes(),
                        limits.processes(),
                        FILE_BYTES,
                        VALUE_BYTES));
    }

    private static InputFile file(dev.countersign.api.execution.InputFile file) {
        return new InputFile(
                file.path(),
                file.contentBase64() == null
                        ? Bytes.ofUtf8(file.content() == null ? "" : file.content())
                        : Bytes.of(Base64.getDecoder().decode(file.contentBase64())));
    }
}
