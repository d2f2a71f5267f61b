package dev.countersign.crds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.countersign.api.schema.DefaultLimits;
import dev.countersign.api.schema.FreeFormObject;
import dev.countersign.api.schema.ListAtomic;
import dev.countersign.api.schema.ListMap;
import dev.countersign.api.schema.ListSet;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;

/** Walks a record type and its schema side by side and adds what the annotations of {@code api.schema} say. */
final class RecordSchemas {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private RecordSchemas() {}

    static void complete(Class<?> type, JSONSchemaProps schema) {
        for (RecordComponent component : type.getRecordComponents()) {
            JSONSchemaProps field = schema.getProperties().get(component.getName());
            if (field == null) {
                throw new IllegalStateException(type.getName() + "." + component.getName() + " is not in the schema");
            }
            lists(component, field);
            freeForm(component, field);
            defaults(component, field);
            descend(component, field);
        }
    }

    private static void lists(RecordComponent component, JSONSchemaProps field) {
        ListMap map = component.getAnnotation(ListMap.class);
        if (map != null) {
            field.setXKubernetesListType("map");
            field.setXKubernetesListMapKeys(List.of(map.value()));
        }
        if (component.isAnnotationPresent(ListSet.class)) {
            field.setXKubernetesListType("set");
        }
        if (component.isAnnotationPresent(ListAtomic.class)) {
            field.setXKubernetesListType("atomic");
        }
    }

    private static void freeForm(RecordComponent component, JSONSchemaProps field) {
        if (component.isAnnotationPresent(FreeFormObject.class)) {
            field.setType("object");
            field.setXKubernetesPreserveUnknownFields(true);
        }
    }

    private static void defaults(RecordComponent component, JSONSchemaProps field) {
        DefaultLimits limits = component.getAnnotation(DefaultLimits.class);
        if (limits == null) {
            return;
        }
        Map<String, JsonNode> values = Map.of(
                "cpuTimeSeconds", JSON.numberNode(limits.cpuTimeSeconds()),
                "wallTimeSeconds", JSON.numberNode(limits.wallTimeSeconds()),
                "memory", JSON.textNode(limits.memory()),
                "output", JSON.textNode(limits.output()),
                "disk", JSON.textNode(limits.disk()),
                "processes", JSON.numberNode(limits.processes()));
        if (!values.keySet().equals(field.getProperties().keySet())) {
            throw new IllegalStateException("defaults " + values.keySet() + " for "
                    + field.getProperties().keySet());
        }
        values.forEach((name, value) -> field.getProperties().get(name).setDefault(value));
        field.setDefault(JSON.objectNode());
    }

    private static void descend(RecordComponent component, JSONSchemaProps field) {
        if (component.getType().isRecord()) {
            complete(component.getType(), field);
        } else if (component.getGenericType() instanceof ParameterizedType list
                && list.getActualTypeArguments()[0] instanceof Class<?> element
                && element.isRecord()) {
            complete(element, field.getItems().getSchema());
        }
    }
}
