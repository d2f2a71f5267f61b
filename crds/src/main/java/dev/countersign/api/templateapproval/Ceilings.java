package dev.countersign.api.templateapproval;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Autonomy;
import dev.countersign.api.Limits;
import org.jspecify.annotations.Nullable;

/**
 * What a grant allows at most. Only narrows: a ceiling above the template's own value has no effect, with one
 * exception: autonomy ByFindings is in effect only where it is granted here in so many words.
 */
@ApiType
public record Ceilings(
        @JsonPropertyDescription("Upper bounds of the limits of a run. An absent limit is not bounded here.") @Nullable
        Limits limits,

        @JsonPropertyDescription("The most autonomy runs have under this grant.") @Nullable
        Autonomy autonomy) {}
