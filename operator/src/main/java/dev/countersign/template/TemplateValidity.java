package dev.countersign.template;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.canonical.CanonicalJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a template can be approved and run, beyond what its schema on the API server has already refused. Pure.
 *
 * @param problems what is wrong, each naming its field and what to do; empty: valid
 * @param schema the inputs' schema, where the template has one and it is usable
 */
public record TemplateValidity(
        List<String> problems, @Nullable InputsSchema schema) {
    /** Serialized spec, in bytes: etcd and the audit log keep it whole (design: Sizes). */
    public static final int MOST_SPEC_BYTES = 256 << 10;

    public TemplateValidity {
        problems = List.copyOf(problems);
    }

    public boolean isValid() {
        return problems.isEmpty();
    }

    /** Judges a template; {@code allowedImages} are the runtime images that its department may use. */
    public static TemplateValidity of(CodeTemplate template, Set<String> allowedImages) {
        CodeTemplateSpec spec = template.getSpec();
        List<String> problems = new ArrayList<>();
        InputsSchema schema = readSchema(spec, problems);
        int bytes = SpecSize.bytes(spec);
        if (bytes > MOST_SPEC_BYTES) {
            problems.add("spec is " + bytes + " bytes, more than " + MOST_SPEC_BYTES
                    + ": move data out of code into inputs or files");
        }
        if (spec.egress() != null
                && spec.egress().allow() != null
                && !spec.egress().allow().isEmpty()) {
            problems.add("egress.allow: this version gives no sandbox a network; remove spec.egress");
        }
        if (spec.runtimeImage() != null && !allowedImages.contains(spec.runtimeImage())) {
            problems.add("runtimeImage is not on the list of allowed images (sandbox.allowedImages): ask the platform"
                    + " team to add " + spec.runtimeImage());
        }
        return new TemplateValidity(problems, problems.isEmpty() ? schema : null);
    }

    private static @Nullable InputsSchema readSchema(CodeTemplateSpec spec, List<String> problems) {
        if (spec.inputs() == null || spec.inputs().schema() == null) {
            return null;
        }
        var blurred = CanonicalJson.blurred(spec.inputs().schema());
        if (blurred.isPresent()) {
            problems.add("inputs.schema" + blurred.get() + " is a number that JSON readers round: keep integers within"
                    + " plus or minus 2^53, or describe it as a string");
            return null;
        }
        return switch (InputsSchema.read(spec.inputs().schema())) {
            case InputsSchema.Reading.Readable readable -> readable.schema();
            case InputsSchema.Reading.Unreadable unreadable -> {
                problems.add(unreadable.problem());
                yield null;
            }
        };
    }
}
