package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * One file for the work directory. Exactly one of {@code content} and {@code contentBase64}.
 */
@ValidationRule(
        value = "!self.path.split('/').exists(part, part == '' || part == '.' || part == '..')",
        message = "spec.files[].path has an empty, . or .. part",
        fieldPath = ".path")
@ValidationRule(
        value = "has(self.content) != has(self.contentBase64)",
        message = "exactly one of spec.files[].content and spec.files[].contentBase64 must be given")
@ValidationRule(
        value = "!has(self.content) || size(bytes(self.content)) <= 262144",
        message = "spec.files[].content is larger than 262144 bytes",
        fieldPath = ".content")
@ApiType
public record InputFile(
        @Required
        @Size(min = 1, max = 255)
        @Pattern("^[^/\\x00-\\x1f\\x7f\\\\][^\\x00-\\x1f\\x7f\\\\]*$")
        @JsonPropertyDescription("Path below /work/files ($COUNTERSIGN_FILES), with / between the parts. No leading /, "
                + "no . or .. part, no control characters, no backslash.")
        String path,

        @Size(max = 262144) @JsonPropertyDescription("Content as text, at most 262144 bytes as UTF-8.") @Nullable
        String content,

        @Size(max = 349528)
        @Pattern(Patterns.BASE64)
        @JsonPropertyDescription("Content as standard base64, at most 262144 bytes decoded.")
        @Nullable
        String contentBase64) {}
