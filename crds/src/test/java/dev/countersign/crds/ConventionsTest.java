package dev.countersign.crds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConventionsTest {

    private static final ObjectMapper YAML = new YAMLMapper();

    @Test
    void committedCrdsKeepEveryConvention() throws JsonProcessingException {
        for (var file : CommittedCrds.yamlByFileName().entrySet()) {
            assertThat(Conventions.violations(YAML.readTree(file.getValue())))
                    .as(file.getKey())
                    .isEmpty();
        }
    }

    /** A rule that cannot fail holds nothing: each one is broken here once, on an otherwise good CRD. */
    @ParameterizedTest(name = "{0}: {1} {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            short-name                 | NAMES                        | {"shortNames": []}
            category                   | NAMES                        | {"categories": []}
            category                   | NAMES                        | {"categories": ["countersign", "all"]}
            status-subresource         | VERSION                      | {"subresources": {}}
            printer-columns age-column | VERSION                      | {"additionalPrinterColumns": []}
            age-column                 | COLUMN                       | {"jsonPath": ".spec.a", "type": "string"}
            age-column date-column-past | COLUMN                      | {"jsonPath": ".status.expiresAt"}
            spec-required              | SCHEMA                       | {"required": []}
            description                | SCHEMA                       | {"description": ""}
            description                | SPEC/name                    | {"description": null}
            no-phase                   | SPEC                         | {"phase": {STRING, DOC}}
            typed                      | SPEC/name                    | {"type": null}
            string-bounded             | SPEC/name                    | {"maxLength": null}
            number-bounded             | SPEC/count                   | {"minimum": null}
            number-bounded             | SPEC/count                   | {"maximum": null}
            list-bounded               | SPEC/list                    | {"maxItems": null}
            list-type                  | SPEC/list                    | {"x-kubernetes-list-type": null}
            string-bounded             | SPEC/list/items              | {"maxLength": null}
            string-bounded             | SPEC/list                    | {"items": NESTED}
            map-bounded                | SPEC/map                     | {"maxProperties": null}
            string-bounded             | SPEC/map/additionalProperties | {"maxLength": null}
            enum-camel-case            | SPEC/word                    | {"enum": ["Good", "not_good"]}
            duration-unit-in-name      | SPEC                         | {"timeout": {NUMBER, DOC}}
            duration-unit-in-name      | SPEC                         | {"wait": {STRING, "format": "duration", DOC}}
            free-form-only-where-meant | SPEC/map                     | {"x-kubernetes-preserve-unknown-fields": true}
            rule-has-message           | SPEC/name                    | {"x-kubernetes-validations": [{"rule": "true"}]}
            conditions-list-map        | STATUS/conditions            | {"x-kubernetes-list-type": "atomic"}
            conditions-list-map        | STATUS/conditions            | {"x-kubernetes-list-map-keys": ["reason"]}
            conditions-required        | STATUS/conditions/items      | {"required": ["type", "status"]}
            observed-generation        | STATUS                       | {"observedGeneration": null}
            """)
    void eachRuleFindsItsBreach(String rules, String where, String breach) throws JsonProcessingException {
        ObjectNode crd = goodCrd();
        String json = breach.replace(
                        "NESTED", "{\"type\": \"object\", \"properties\": {\"x\": {\"type\": \"string\", DOC}}}")
                .replace("STRING", "\"type\": \"string\", \"maxLength\": 9")
                .replace("NUMBER", "\"type\": \"integer\", \"minimum\": 0, \"maximum\": 9")
                .replace("DOC", "\"description\": \"d\"");
        String pointer = where.replace("SPEC", "SCHEMA/properties/spec/properties")
                .replace("STATUS", "SCHEMA/properties/status/properties")
                .replace("SCHEMA", "VERSION/schema/openAPIV3Schema")
                .replace("COLUMN", "VERSION/additionalPrinterColumns/0")
                .replace("VERSION", "/spec/versions/0")
                .replace("NAMES", "/spec/names");
        JsonNode node = crd.at(pointer);
        ObjectNode target = (ObjectNode) (node instanceof ArrayNode array ? array.get(0) : node);
        YAML.readTree(json).properties().forEach(change -> {
            if (change.getValue().isNull()) {
                target.remove(change.getKey());
            } else {
                target.set(change.getKey(), change.getValue());
            }
        });

        assertThat(Conventions.violations(crd))
                .extracting(violation -> violation.substring(0, violation.indexOf(':')))
                .containsExactly(rules.split(" "));
    }

    @Test
    void goodCrdKeepsEveryConvention() throws JsonProcessingException {
        assertThat(Conventions.violations(goodCrd())).isEmpty();
    }

    private static ObjectNode goodCrd() throws JsonProcessingException {
        return (ObjectNode) YAML.readTree("""
                spec:
                  names: {kind: Example, shortNames: [ex], categories: [countersign]}
                  versions:
                  - subresources: {status: {}}
                    additionalPrinterColumns:
                    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                    schema:
                      openAPIV3Schema:
                        type: object
                        description: An example.
                        required: [spec]
                        properties:
                          spec:
                            type: object
                            description: Asked for.
                            properties:
                              name: {type: string, maxLength: 9, description: d}
                              word: {type: string, enum: [Good, Better], description: d}
                              count: {type: integer, minimum: 0, maximum: 9, description: d}
                              list:
                                type: array
                                maxItems: 9
                                x-kubernetes-list-type: set
                                items: {type: string, maxLength: 9}
                                description: d
                              map:
                                type: object
                                maxProperties: 9
                                additionalProperties: {type: string, maxLength: 9}
                                description: d
                          status:
                            type: object
                            description: Found.
                            properties:
                              observedGeneration: {type: integer, minimum: 0, maximum: 9, description: d}
                              since: {type: string, format: date-time, description: d}
                              conditions:
                                type: array
                                maxItems: 8
                                description: d
                                x-kubernetes-list-type: map
                                x-kubernetes-list-map-keys: [type]
                                items:
                                  type: object
                                  required: [type, status, reason, message, lastTransitionTime]
                                  properties:
                                    type: {type: string, maxLength: 9, description: d}
                """);
    }
}
