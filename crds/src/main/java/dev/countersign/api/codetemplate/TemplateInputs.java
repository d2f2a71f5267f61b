package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.ApiType;
import dev.countersign.api.schema.FreeFormObject;
import org.jspecify.annotations.Nullable;

/**
 * What a run may be given as inputs.
 */
@ApiType
public record TemplateInputs(
        @FreeFormObject
        @JsonPropertyDescription(
                "JSON Schema (draft 2020-12) that the inputs of every run must fit. Absent: any " + "JSON object.")
        @Nullable
        JsonNode schema) {}
