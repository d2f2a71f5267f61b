package dev.countersign.api.execution;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.Patterns;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;

/**
 * One file the code left in its outputs directory.
 */
@ApiType
public record OutputFile(
        @Required @Size(min = 1, max = 255) @JsonPropertyDescription("Path below the outputs directory.")
        String path,

        @Min(0)
        @Max(1073741824)
        @JsonPropertyDescription("Size of the whole file in bytes, whether or not its content is here.")
        @Nullable
        Long size,

        @Size(max = 64)
        @Pattern("^[a-f0-9]{64}$")
        @JsonPropertyDescription("SHA-256 of the whole file, in hex.")
        @Nullable
        String sha256,

        @Size(max = 131072)
        @Pattern(Patterns.BASE64)
        @JsonPropertyDescription("Content as base64, where the files fit.")
        @Nullable
        String contentBase64,

        @JsonPropertyDescription("The content is not here, or not all of it, because it did not fit.") @Nullable
        Boolean truncated,

        @Size(max = 256)
        @JsonPropertyDescription("Why the file was not taken at all, such as a link or a special file.")
        @Nullable
        String refused) {}
