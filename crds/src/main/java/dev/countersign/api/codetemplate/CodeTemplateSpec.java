package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Language;
import dev.countersign.api.Limits;
import dev.countersign.api.ListForm;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import dev.countersign.api.schema.DefaultLimits;
import dev.countersign.api.schema.ListMap;
import dev.countersign.api.schema.ListSet;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the code is and what it may do. Git owns it: nothing else writes here, except that admission notes the authors
 * of edits made by hand.
 *
 * <p>The digest in the status is taken over the behaviour in here with defaults applied (authors are no behaviour),
 * so an approval stops applying by itself when the behaviour changes.
 */
@ValidationRule(
        value = "has(self.code) != (has(self.freeform) && self.freeform)",
        message = "exactly one of spec.code and spec.freeform: true must be given")
@ValidationRule(
        value = "!has(self.code) || size(bytes(self.code)) <= 262144",
        message = "spec.code is larger than 262144 bytes",
        fieldPath = ".code")
@ApiType
public record CodeTemplateSpec(
        @Size(max = 1024)
        @JsonPropertyDescription("What the code does, for people and for agents that choose among templates.")
        @Nullable
        String description,

        @Required @JsonPropertyDescription("What the code is written in.")
        Language language,

        @Size(min = 1, max = 262144)
        @JsonPropertyDescription("The source, at most 262144 bytes as UTF-8. Either this or freeform.")
        @Nullable
        String code,

        @Default("false")
        @JsonPropertyDescription("The code comes with each run instead of standing here. What is approved then is "
                + "the frame: language, limits, network.")
        @Nullable
        Boolean freeform,

        @JsonPropertyDescription("What a run may be given.") @Nullable
        TemplateInputs inputs,

        @DefaultLimits(
                cpuTimeSeconds = 5,
                wallTimeSeconds = 30,
                memory = "128Mi",
                output = "64Ki",
                disk = "64Mi",
                processes = 64)
        @JsonPropertyDescription("What one run may use. A run may ask for less, never for more.")
        @Nullable
        Limits limits,

        @JsonPropertyDescription("Where the code may connect to. Absent or empty: nowhere.") @Nullable
        Egress egress,

        @JsonPropertyDescription("How much a run still needs a person. Absent: Supervised for freeform, else "
                + "Autonomous. An approval and the department can narrow it.")
        @Nullable
        Autonomy autonomy,

        @Size(max = 512)
        @Pattern(Patterns.IMAGE_BY_DIGEST)
        @JsonPropertyDescription("Sandbox image, by digest and on the department's allow-list. Absent: the image "
                + "installed for the language.")
        @Nullable
        String runtimeImage,

        @Min(0)
        @Max(3)
        @Default("0")
        @JsonPropertyDescription("How often a run is repeated after a fault of the platform that leaves open "
                + "whether the code ran. Faults of the code are never retried. Above 0 only for code that may run "
                + "twice.")
        @Nullable
        Integer retries,

        @Default("{}") @JsonPropertyDescription("Sandboxes kept waiting for this template's runs.") @Nullable
        Warm warm,

        @Size(max = 64)
        @ListSet
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Usernames that may run this template. Empty: all whom RBAC lets create " + "Executions here.")
        List<@Size(min = 1, max = 256) String> allowedAgents,

        @Size(max = 64)
        @ListMap("username")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription(
                "Who changed the behaviour. Filled in by admission; nobody on it may approve the " + "template.")
        List<Subject> authors) {

    public CodeTemplateSpec {
        allowedAgents = ListForm.of(allowedAgents);
        authors = ListForm.of(authors);
    }
}
