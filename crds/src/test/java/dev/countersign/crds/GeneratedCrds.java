package dev.countersign.crds;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.executionapproval.ExecutionApproval;
import dev.countersign.api.schema.SelectableFields;
import dev.countersign.api.templateapproval.TemplateApproval;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.SelectableField;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The CRDs as the API types say them now: fabric8's generator, and on top of it what its annotations cannot say ({@link
 * RecordSchemas}, and here the order of printer columns, selectable fields, descriptions and the required spec).
 */
final class GeneratedCrds {

    static final List<Class<? extends CustomResource<?, ?>>> KINDS =
            List.of(CodeTemplate.class, TemplateApproval.class, Execution.class, ExecutionApproval.class);

    // Not the generator's own writer: it leaves True and False bare, which turns two words of an enum into booleans.
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    private GeneratedCrds() {}

    /** YAML by file name. */
    static SortedMap<String, String> yamlByFileName() throws JsonProcessingException {
        SortedMap<String, String> files = new TreeMap<>();
        for (Class<? extends CustomResource<?, ?>> kind : KINDS) {
            CustomResourceDefinition crd = generate(kind);
            files.put(
                    crd.getMetadata().getName() + ".yaml",
                    "# Generated from the types in crds/src/main/java. Refresh: build/mvn -q -pl crds test"
                            + " -Dtest=CommittedCrdsTest -Dcrds.refresh=true\n"
                            + YAML.writeValueAsString(wholeNumbers(YAML.valueToTree(crd))));
        }
        return files;
    }

    private static CustomResourceDefinition generate(Class<? extends CustomResource<?, ?>> kind) {
        Capture capture = new Capture();
        new CRDGenerator()
                .withParallelGenerationEnabled(false)
                .withPostProcessor(capture)
                .withOutput(new Discard())
                .customResourceClasses(kind)
                .generate();
        CustomResourceDefinition crd = capture.crd;
        if (crd == null) {
            throw new IllegalStateException("no CRD came out for " + kind.getName());
        }
        complete(kind, crd);
        return crd;
    }

    private static void complete(Class<? extends CustomResource<?, ?>> kind, CustomResourceDefinition crd) {
        CustomResourceDefinitionVersion version = crd.getSpec().getVersions().getFirst();
        JSONSchemaProps root = version.getSchema().getOpenAPIV3Schema();
        root.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
        root.setRequired(List.of("spec"));
        Type[] specAndStatus = ((ParameterizedType) kind.getGenericSuperclass()).getActualTypeArguments();
        part(root, "spec", "What is asked for. Written by users.", (Class<?>) specAndStatus[0]);
        part(root, "status", "What was found and what happened. Written by the operator only.", (Class<?>)
                specAndStatus[1]);

        // The generator sorts columns by path; people read them in the order the type lists them.
        List<String> order = Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
                .map(AdditionalPrinterColumn::name)
                .toList();
        version.getAdditionalPrinterColumns().sort(Comparator.comparingInt(c -> order.indexOf(c.getName())));

        SelectableFields selectable = kind.getAnnotation(SelectableFields.class);
        if (selectable != null) {
            version.setSelectableFields(
                    Arrays.stream(selectable.value()).map(SelectableField::new).toList());
        }
    }

    /** The model holds bounds as doubles; "86400.0" as the bound of an integer is right and hard to read. */
    private static JsonNode wholeNumbers(JsonNode node) {
        if (node.isDouble() && node.doubleValue() == Math.rint(node.doubleValue())) {
            return LongNode.valueOf(node.longValue());
        }
        if (node instanceof ObjectNode object) {
            object.fieldNames().forEachRemaining(name -> object.replace(name, wholeNumbers(object.get(name))));
        }
        if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, wholeNumbers(array.get(i)));
            }
        }
        return node;
    }

    private static void part(JSONSchemaProps root, String name, String description, Class<?> type) {
        JSONSchemaProps schema = root.getProperties().get(name);
        schema.setDescription(description);
        RecordSchemas.complete(type, schema);
    }

    private static final class Capture implements CRDPostProcessor {
        @Nullable
        private CustomResourceDefinition crd;

        @Override
        public HasMetadata process(HasMetadata generated, String crdSpecVersion) {
            crd = (CustomResourceDefinition) generated;
            return generated;
        }
    }

    /** The generator writes its own YAML as well; ours is written after the additions. */
    private static final class Discard extends CRDGenerator.AbstractCRDOutput<ByteArrayOutputStream> {
        @Override
        protected ByteArrayOutputStream createStreamFor(String crdName) {
            return new ByteArrayOutputStream();
        }
    }
}
