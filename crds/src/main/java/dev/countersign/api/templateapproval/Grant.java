package dev.countersign.api.templateapproval;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Decision;
import dev.countersign.api.ListForm;
import dev.countersign.api.Patterns;
import dev.countersign.api.Subject;
import dev.countersign.api.TemplateReference;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a person decided about which behaviour of which template, for how long and up to what.
 *
 * <p>It restates facts of the template ({@code authors}, {@code snapshot}) so that the approval can be judged and
 * diffed by itself. The operator compares them with the live template and rejects an approval that restates them
 * wrongly.
 */
@ApiType
public record Grant(
        @Required @JsonPropertyDescription("The template this is about, in the same namespace.")
        TemplateReference templateRef,

        @Required
        @Size(max = 71)
        @Pattern(Patterns.SHA256_DIGEST)
        @JsonPropertyDescription(
                "The digest, from the template's status, that this is about. Another digest is " + "another decision.")
        String templateDigest,

        @Required @JsonPropertyDescription("Approved or Denied. A denial outweighs every approval of the same digest.")
        Decision decision,

        @Size(max = 1024) @JsonPropertyDescription("Why, in the words of the person who decided.") @Nullable
        String reason,

        @Min(60)
        @Max(31536000)
        @Default("7776000")
        @JsonPropertyDescription("How long the grant holds, from creation by the API server's clock: a minute to a "
                + "year, 90 days by default.")
        @Nullable
        Integer validForSeconds,

        @JsonPropertyDescription(
                "What runs under this grant may use and do at most, where narrower than the " + "template.")
        @Nullable
        Ceilings ceilings,

        @Required
        @JsonPropertyDescription(
                "Who decided. Must be the person who creates this object, and none of the " + "authors.")
        Subject approvedBy,

        @Size(max = 64)
        @ListMap("username")
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("The template's authors as the approver saw them, restated.")
        List<Subject> authors,

        @Size(max = 524288)
        @JsonPropertyDescription("The behaviour as approved, in canonical JSON. Must hash to templateDigest.")
        @Nullable
        String snapshot) {

    public Grant {
        authors = ListForm.of(authors);
    }
}
