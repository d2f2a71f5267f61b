package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.ApiType;
import dev.countersign.api.Limits;
import dev.countersign.api.ListForm;
import dev.countersign.api.Subject;
import dev.countersign.api.schema.FreeFormObject;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to run, with what, for whom. Frozen once created, except that {@code cancel} may go from false to true.
 *
 * <p>Sizes are held at admission for {@code code}, {@code stdin} and {@code files}, each and together. The free-form
 * {@code inputs} cannot be measured there: the operator measures the whole spec before any other check.
 */
@ValidationRule(
        value = "!has(self.code) || size(bytes(self.code)) <= 262144",
        message = "spec.code is larger than 262144 bytes",
        fieldPath = ".code")
@ValidationRule(
        value = "!has(self.stdin) || size(bytes(self.stdin)) <= 262144",
        message = "spec.stdin is larger than 262144 bytes",
        fieldPath = ".stdin")
@ValidationRule(
        value = ExecutionSpec.TOGETHER,
        message = "spec.code, spec.stdin and spec.files together are larger than 262144 bytes")
@ValidationRule(
        value = "self.templateRef == oldSelf.templateRef",
        message = "spec.templateRef cannot change; create a new Execution",
        fieldPath = ".templateRef")
@ValidationRule(
        value = "has(self.inputs) == has(oldSelf.inputs) && (!has(self.inputs) || self.inputs == oldSelf.inputs)",
        message = "spec.inputs cannot change; create a new Execution",
        fieldPath = ".inputs")
@ValidationRule(
        value = "has(self.stdin) == has(oldSelf.stdin) && (!has(self.stdin) || self.stdin == oldSelf.stdin)",
        message = "spec.stdin cannot change; create a new Execution",
        fieldPath = ".stdin")
@ValidationRule(
        value = "has(self.files) == has(oldSelf.files) && (!has(self.files) || self.files == oldSelf.files)",
        message = "spec.files cannot change; create a new Execution",
        fieldPath = ".files")
@ValidationRule(
        value = "has(self.code) == has(oldSelf.code) && (!has(self.code) || self.code == oldSelf.code)",
        message = "spec.code cannot change; create a new Execution",
        fieldPath = ".code")
@ValidationRule(
        value = "has(self.reasoning) == has(oldSelf.reasoning)"
                + " && (!has(self.reasoning) || self.reasoning == oldSelf.reasoning)",
        message = "spec.reasoning cannot change; create a new Execution",
        fieldPath = ".reasoning")
@ValidationRule(
        value = "self.requestedBy == oldSelf.requestedBy",
        message = "spec.requestedBy cannot change; create a new Execution",
        fieldPath = ".requestedBy")
@ValidationRule(
        value = "has(self.limits) == has(oldSelf.limits) && (!has(self.limits) || self.limits == oldSelf.limits)",
        message = "spec.limits cannot change; create a new Execution",
        fieldPath = ".limits")
@ValidationRule(
        value = "has(self.activeDeadlineSeconds) == has(oldSelf.activeDeadlineSeconds)"
                + " && (!has(self.activeDeadlineSeconds)"
                + " || self.activeDeadlineSeconds == oldSelf.activeDeadlineSeconds)",
        message = "spec.activeDeadlineSeconds cannot change; create a new Execution",
        fieldPath = ".activeDeadlineSeconds")
@ValidationRule(
        value = "self.ttlSecondsAfterFinished == oldSelf.ttlSecondsAfterFinished",
        message = "spec.ttlSecondsAfterFinished cannot change; create a new Execution",
        fieldPath = ".ttlSecondsAfterFinished")
@ValidationRule(
        value = "!(has(oldSelf.cancel) && oldSelf.cancel) || (has(self.cancel) && self.cancel)",
        message = "spec.cancel cannot be taken back once it is true",
        fieldPath = ".cancel")
@ApiType
public record ExecutionSpec(
        @Required @JsonPropertyDescription("The template to run, in the same namespace.")
        PinnedTemplateReference templateRef,

        @FreeFormObject
        @JsonPropertyDescription("Inputs of the run; must fit the template's schema. The code finds them in "
                + "inputs.json, never in its source.")
        @Nullable
        JsonNode inputs,

        @Size(max = 262144)
        @JsonPropertyDescription("Standard input of the code, at most 262144 bytes as UTF-8.")
        @Nullable
        String stdin,

        @Size(max = 32)
        @ListMap("path")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("Files placed into the work directory before the code starts.")
        List<InputFile> files,

        @Size(min = 1, max = 262144)
        @JsonPropertyDescription("The source, for freeform templates only; at most 262144 bytes as UTF-8.")
        @Nullable
        String code,

        @Size(max = 4096)
        @JsonPropertyDescription("Why the agent does this, for the supervising person and the record.")
        @Nullable
        String reasoning,

        @Required @JsonPropertyDescription("Who asks for the run. Must be the user who creates this object.")
        Subject requestedBy,

        @JsonPropertyDescription(
                "Limits narrower than the template's. An absent limit stays as the template has " + "it.")
        @Nullable
        Limits limits,

        @Min(1)
        @Max(86400)
        @JsonPropertyDescription("Time from creation to the end of the run, waiting included. Absent: no deadline "
                + "beside the limits.")
        @Nullable
        Integer activeDeadlineSeconds,

        @Min(0)
        @Max(604800)
        @Default("3600")
        @JsonPropertyDescription("How long this object is kept after the run has finished; at most a week.")
        @Nullable
        Integer ttlSecondsAfterFinished,

        @Default("false") @JsonPropertyDescription("Set to true to end the run. Cannot be taken back.") @Nullable
        Boolean cancel) {

    public ExecutionSpec {
        files = ListForm.of(files);
    }

    // Base64 of n bytes is 4/3 n long, less the padding. A file without content counts as nothing.
    static final String TOGETHER = "(has(self.code) ? size(bytes(self.code)) : 0)"
            + " + (has(self.stdin) ? size(bytes(self.stdin)) : 0)"
            + " + (has(self.files) ? self.files.map(f, has(f.content) ? size(bytes(f.content)) :"
            + " (has(f.contentBase64) ? size(f.contentBase64) / 4 * 3"
            + " - (f.contentBase64.endsWith('==') ? 2 : (f.contentBase64.endsWith('=') ? 1 : 0)) : 0)).sum() : 0)"
            + " <= 262144";
}
