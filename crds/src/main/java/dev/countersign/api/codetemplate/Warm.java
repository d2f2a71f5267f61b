package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/**
 * How many sandboxes wait for work ahead of time.
 */
@ApiType
public record Warm(
        @Min(0)
        @Max(50)
        @Default("0")
        @JsonPropertyDescription("Least number of waiting sandboxes of this template's shape.")
        @Nullable
        Integer min) {}
