package dev.countersign.template;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Autonomy;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.canonical.CanonicalJson;
import dev.countersign.canonical.Digest;
import java.util.List;
import org.jspecify.annotations.NullMarked;

/**
 * What a template does, and nothing else: the enumerated fields that an approver approves, with defaults applied.
 *
 * <p>Labels, annotations, {@code description}, {@code authors} and {@code warm} are not behaviour. Every other spec
 * field is; adding one to the spec means a new {@link #VERSION}. Namespace and name are part of it, so an approval
 * never fits a copy elsewhere.
 *
 * @param json the projection
 */
@NullMarked
public record BehaviourProjection(ObjectNode json) {
    /** Version of the enumeration; part of the digest's domain. */
    public static final int VERSION = 1;

    private static final String DOMAIN = "codetemplate-digest/v" + VERSION;

    public static BehaviourProjection of(CodeTemplate template) {
        CodeTemplateSpec spec = template.getSpec();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("namespace", template.getMetadata().getNamespace());
        json.put("name", template.getMetadata().getName());
        json.put("language", spec.language().name());
        json.put("freeform", isFreeform(spec));
        if (spec.code() != null) {
            json.put("code", spec.code());
        }
        if (spec.inputs() != null && spec.inputs().schema() != null) {
            json.set("inputsSchema", spec.inputs().schema());
        }
        putLimits(json.putObject("limits"), RunLimits.of(spec.limits(), RunLimits.DEFAULTS));
        putEgress(json, spec);
        json.put("autonomy", autonomy(spec).name());
        if (spec.runtimeImage() != null) {
            json.put("runtimeImage", spec.runtimeImage());
        }
        json.put("retries", spec.retries() == null ? 0 : spec.retries());
        var agents = json.putArray("allowedAgents");
        (spec.allowedAgents() == null ? List.<String>of() : spec.allowedAgents())
                .stream().sorted().forEach(agents::add);
        return new BehaviourProjection(json);
    }

    /** The autonomy in force: a free-form template is supervised unless it says otherwise. */
    public static Autonomy autonomy(CodeTemplateSpec spec) {
        if (spec.autonomy() != null) {
            return spec.autonomy();
        }
        return isFreeform(spec) ? Autonomy.Supervised : Autonomy.Autonomous;
    }

    /** Whether the code comes with each run. */
    public static boolean isFreeform(CodeTemplateSpec spec) {
        return Boolean.TRUE.equals(spec.freeform());
    }

    /** The exact text that is hashed: what {@code grant.snapshot} holds. */
    public String canonical() {
        return CanonicalJson.of(json);
    }

    /** The digest that approvals name: {@code sha256:<hex>} over the domain tag and {@link #canonical}. */
    public String digest() {
        return digestOf(canonical());
    }

    /** The digest that a snapshot's text has, to compare with what an approval states. */
    public static String digestOf(String canonical) {
        return Digest.tagged(DOMAIN, canonical);
    }

    private static void putLimits(ObjectNode json, RunLimits limits) {
        json.put("cpuMillis", limits.cpuMillis());
        json.put("wallMillis", limits.wallMillis());
        json.put("memoryBytes", limits.memoryBytes());
        json.put("outputBytes", limits.outputBytes());
        json.put("diskBytes", limits.diskBytes());
        json.put("processes", limits.processes());
    }

    private static void putEgress(ObjectNode json, CodeTemplateSpec spec) {
        var allow = json.putArray("egress");
        if (spec.egress() != null && spec.egress().allow() != null) {
            spec.egress()
                    .allow()
                    .forEach(rule -> allow.addObject().put("host", rule.host()).put("port", rule.port()));
        }
    }
}
