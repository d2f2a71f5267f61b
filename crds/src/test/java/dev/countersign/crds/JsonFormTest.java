package dev.countersign.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionSpec;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON form of the types as the Kubernetes client reads and writes it. */
class JsonFormTest {

    private final ObjectMapper json = new ObjectMapper();
    private final KubernetesSerialization kubernetes = new KubernetesSerialization();

    static Stream<Class<? extends CustomResource<?, ?>>> kinds() {
        return GeneratedCrds.KINDS.stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void readsAndWritesEveryField(Class<? extends CustomResource<?, ?>> kind) throws Exception {
        JsonNode written = FullObjects.of(kind);

        CustomResource<?, ?> read = kubernetes.unmarshal(written.toString(), kind);

        assertThat(unset((Record) read.getSpec(), "spec")).isEmpty();
        assertThat(unset((Record) read.getStatus(), "status")).isEmpty();
        assertThat(json.readTree(kubernetes.asJson(read))).isEqualTo(json.readTree(written.toString()));
        assertThat(kubernetes.clone(read).getSpec()).isEqualTo(read.getSpec());
        assertThat(kubernetes.clone(read).getStatus()).isEqualTo(read.getStatus());
    }

    @Test
    void appliesNoDefault() throws Exception {
        CodeTemplate read = kubernetes.unmarshal("""
                {"apiVersion":"countersign.dev/v1alpha1","kind":"CodeTemplate","metadata":{"name":"a"},
                "spec":{"language":"Bash"}}""", CodeTemplate.class);

        CodeTemplateSpec spec = read.getSpec();
        assertThat(spec.limits()).isNull();
        assertThat(spec.freeform()).isNull();
        assertThat(spec.retries()).isNull();
        assertThat(spec.warm()).isNull();
        assertThat(spec.autonomy()).isNull();
        assertThat(read.getStatus()).isNull();
        assertThat(json.readTree(kubernetes.asJson(read)).path("spec"))
                .isEqualTo(json.readTree("{\"language\":\"Bash\"}"));
    }

    @Test
    void absentListsAreEmptyAndEmptyListsAreAbsent() throws Exception {
        Execution absent = kubernetes.unmarshal("{\"kind\":\"Execution\",\"spec\":{}}", Execution.class);
        Execution empty = kubernetes.unmarshal("{\"kind\":\"Execution\",\"spec\":{\"files\":[]}}", Execution.class);

        assertThat(absent.getSpec().files()).isEmpty();
        assertThat(empty.getSpec()).isEqualTo(absent.getSpec());
        assertThat(json.readTree(kubernetes.asJson(empty)).path("spec")).isEqualTo(json.readTree("{}"));
    }

    @Test
    void listsCannotBeChanged() {
        List<?> files = kubernetes
                .unmarshal(FullObjects.of(Execution.class).toString(), Execution.class)
                .getSpec()
                .files();

        assertThatThrownBy(files::clear).isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void ignoresFieldsOfANewerVersionAtEveryLevel(Class<? extends CustomResource<?, ?>> kind) throws Exception {
        JsonNode known = FullObjects.of(kind);
        JsonNode newer = FullObjects.of(kind);
        addUnknownFields(newer.path("spec"));
        addUnknownFields(newer.path("status"));

        CustomResource<?, ?> read = kubernetes.unmarshal(newer.toString(), kind);

        assertThat(json.readTree(kubernetes.asJson(read))).isEqualTo(json.readTree(known.toString()));
    }

    @Test
    void emptyOutputIsNotAbsentOutput() throws Exception {
        Execution read = kubernetes.unmarshal(
                "{\"kind\":\"Execution\",\"status\":{\"result\":{\"stdout\":\"\",\"stderr\":\"\"}}}", Execution.class);

        assertThat(json.readTree(kubernetes.asJson(read))
                        .at("/status/result/stdout")
                        .textValue())
                .isEmpty();
    }

    @Test
    void specsAreEqualByValueFreeFormInputsIncluded() {
        ExecutionSpec one = kubernetes
                .unmarshal(FullObjects.of(Execution.class).toString(), Execution.class)
                .getSpec();
        ExecutionSpec other = kubernetes
                .unmarshal(FullObjects.of(Execution.class).toString(), Execution.class)
                .getSpec();

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    }

    /** Paths of the fields that are null or empty: the fixture must leave none out. */
    private static List<String> unset(Record value, String path) throws ReflectiveOperationException {
        List<String> unset = new ArrayList<>();
        for (RecordComponent component : value.getClass().getRecordComponents()) {
            String where = path + "." + component.getName();
            Object field = component.getAccessor().invoke(value);
            if (field == null || (field instanceof Collection<?> list && list.isEmpty())) {
                unset.add(where);
            } else if (field instanceof Record nested) {
                unset.addAll(unset(nested, where));
            } else if (field instanceof List<?> list) {
                // The variants in a list may exclude each other's fields; together they must cover all.
                unset.addAll(unsetInAll(list, where));
            }
        }
        return unset;
    }

    private static List<String> unsetInAll(List<?> list, String path) throws ReflectiveOperationException {
        List<String> unset = null;
        for (Object element : list) {
            if (element instanceof Record nested) {
                List<String> here = unset(nested, path + "[]");
                if (unset == null) {
                    unset = here;
                } else {
                    unset.retainAll(here);
                }
            }
        }
        return unset == null ? List.of() : unset;
    }

    private static void addUnknownFields(JsonNode node) {
        boolean freeForm = node.has("column") || node.has("mean") || node.has("properties");
        if (node instanceof ObjectNode object && !freeForm) {
            object.properties().stream()
                    .filter(field ->
                            !field.getKey().equals("inputs") || field.getValue().has("schema"))
                    .forEach(field -> addUnknownFields(field.getValue()));
            object.put("fieldOfTheFuture", 1);
        } else if (node.isArray()) {
            node.forEach(JsonFormTest::addUnknownFields);
        }
    }
}
