package dev.countersign.api.codetemplate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.countersign.api.ApiType;
import dev.countersign.api.ListForm;
import dev.countersign.api.schema.ListMap;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/**
 * The only hosts the code may connect to.
 */
@ApiType
public record Egress(
        @Size(max = 32)
        @ListMap({"host", "port"})
        @JsonInclude(JsonInclude.Include.NON_EMPTY)
        @JsonPropertyDescription("Hosts and ports the code may connect to over TCP. Empty: none.")
        List<EgressRule> allow) {

    public Egress {
        allow = ListForm.of(allow);
    }
}
