package dev.countersign.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.api.Language;

/** What the chart was installed with, as the operator reads it. */
public record Installation(JsonNode config) {
    public static Installation of(Cluster cluster) {
        var map = cluster.admin()
                .configMaps()
                .inNamespace(OperatorDeployment.NAMESPACE)
                .withName("countersign-config")
                .get();
        if (map == null) {
            throw new AssertionError("Countersign is not installed in this cluster: build/deploy");
        }
        return new Installation(Json.read(map.getData().get("config.yaml")));
    }

    /** The sandbox image of this language. */
    public String image(Language language) {
        return config.at("/sandbox/images/" + language.name()).asText();
    }

    public String imagePullPolicy() {
        return config.at("/sandbox/imagePullPolicy").asText();
    }

    /** The settings of sandboxes, for another operator that is to make the same. */
    public JsonNode sandbox() {
        return config.path("sandbox").deepCopy();
    }
}
