package dev.countersign.guard.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.ApiGroup;
import dev.countersign.config.Department;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The forgeries of one department. Each would be let in by the schema and is right in all else, so that only the rule it
 * is for can refuse it.
 *
 * @param probe username that sends them
 */
public record Forgeries(Department department, String probe) {

    /** Of the objects, none of which is ever stored. */
    private static final String NAME = "countersign-probe";

    private static final String SOMEBODY = "countersign-probe:somebody-else";
    private static final String SOME_UID = "00000000-0000-4000-8000-000000000000";
    private static final String SOME_DIGEST = "sha256:" + "0".repeat(64);

    public List<Forgery> all() {
        List<Forgery> all = new ArrayList<>();
        all.add(templateApproval(Rule.APPROVER_IS_CALLER, subject(SOMEBODY), null));
        all.add(templateApproval(Rule.APPROVER_UID_IS_CALLER, subject(probe).put("uid", SOME_UID), null));
        if (!department.policy().singleAdmin()) {
            all.add(templateApproval(Rule.APPROVER_IS_NOT_AUTHOR, subject(probe), subject(probe)));
            all.add(executionApproval(Rule.APPROVER_IS_NOT_REQUESTER, probe));
        }
        all.add(revoked(Rule.REVOKER_IS_CALLER, SOMEBODY));
        all.add(owned());
        all.add(revoked(Rule.REVOKE_AUTHORITY, probe));
        all.add(templateApproval(Rule.APPROVE_AUTHORITY, subject(probe), subject(SOMEBODY)));
        all.add(executionApproval(Rule.APPROVE_AUTHORITY, SOMEBODY));
        all.add(execution(Rule.REQUESTER_IS_CALLER, subject(SOMEBODY)));
        all.add(execution(Rule.REQUESTER_UID_IS_CALLER, subject(probe).put("uid", SOME_UID)));
        all.add(template(Rule.AUTHORS_ONLY_SELF, SOMEBODY));
        all.add(template(Rule.MACHINE_LEAVES_AUTHORS, probe));
        if (!department.policy().externalAuthorship()) {
            all.add(template(Rule.MACHINES_DO_NOT_AUTHOR, null));
        }
        all.add(heldBack());
        all.add(pod());
        all.add(bound());
        return List.copyOf(all);
    }

    private Forgery templateApproval(Rule rule, ObjectNode approvedBy, @Nullable ObjectNode author) {
        return ours(rule, "templateapprovals", templateApproval(approvedBy, author));
    }

    /** Revoked from its creation on, since the probe may change nothing. */
    private Forgery revoked(Rule rule, String revokedBy) {
        ObjectNode object = templateApproval(subject(probe), subject(SOMEBODY));
        object.withObject("/spec/revocation").set("revokedBy", subject(revokedBy));
        return ours(rule, "templateapprovals", object);
    }

    private Forgery owned() {
        ObjectNode object = templateApproval(subject(probe), subject(SOMEBODY));
        object.withObject("/metadata")
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "ConfigMap")
                .put("name", NAME)
                .put("uid", SOME_UID);
        return ours(Rule.NO_OWNERS, "templateapprovals", object);
    }

    private static ObjectNode templateApproval(ObjectNode approvedBy, @Nullable ObjectNode author) {
        ObjectNode object = ours("TemplateApproval");
        ObjectNode grant = object.putObject("spec").putObject("grant");
        grant.putObject("templateRef").put("name", NAME);
        grant.put("templateDigest", SOME_DIGEST).put("decision", "Approved");
        grant.set("approvedBy", approvedBy);
        if (author != null) {
            grant.putArray("authors").add(author);
        }
        return object;
    }

    private Forgery executionApproval(Rule rule, String requester) {
        ObjectNode object = ours("ExecutionApproval");
        ObjectNode spec = object.putObject("spec");
        spec.putObject("executionRef").put("name", NAME).put("uid", SOME_UID);
        spec.put("requestDigest", SOME_DIGEST).put("decision", "Approved");
        spec.set("requestedBy", subject(requester));
        spec.set("approvedBy", subject(probe));
        return ours(rule, "executionapprovals", object);
    }

    private Forgery execution(Rule rule, ObjectNode requestedBy) {
        return ours(rule, "executions", execution(requestedBy));
    }

    private Forgery heldBack() {
        ObjectNode object = execution(subject(probe));
        object.withObject("/metadata").putArray("finalizers").add("example.org/not-ours");
        return ours(Rule.NO_FOREIGN_FINALIZERS, "executions", object);
    }

    private ObjectNode execution(ObjectNode requestedBy) {
        ObjectNode object = ours("Execution");
        ObjectNode spec = object.putObject("spec");
        spec.putObject("templateRef").put("name", NAME);
        spec.set("requestedBy", requestedBy);
        return object;
    }

    private Forgery template(Rule rule, @Nullable String author) {
        ObjectNode object = ours("CodeTemplate");
        ObjectNode spec = object.putObject("spec").put("language", "Python").put("code", "pass");
        if (author != null) {
            spec.putArray("authors").add(subject(author));
        }
        return ours(rule, "codetemplates", object);
    }

    /** A pod that Pod Security's restricted profile has nothing against. */
    private Forgery pod() {
        ObjectNode object = object("v1", "Pod");
        ObjectNode spec = object.putObject("spec").put("automountServiceAccountToken", false);
        ObjectNode security = spec.putObject("securityContext").put("runAsNonRoot", true);
        security.putObject("seccompProfile").put("type", "RuntimeDefault");
        ObjectNode container =
                spec.putArray("containers").addObject().put("name", "probe").put("image", NAME);
        ObjectNode own = container.putObject("securityContext").put("allowPrivilegeEscalation", false);
        own.putObject("capabilities").putArray("drop").add("ALL");
        return core(Rule.PODS_ARE_OPERATORS, "pods", object);
    }

    private Forgery bound() {
        return core(Rule.BOUNDS_ARE_INSTALLERS, "configmaps", object("v1", "ConfigMap"));
    }

    private Forgery ours(Rule rule, String plural, ObjectNode object) {
        return new Forgery(
                rule,
                department.name(),
                "/apis/" + ApiGroup.NAME + "/" + ApiGroup.VERSION + "/namespaces/" + department.namespace() + "/"
                        + plural,
                object);
    }

    private Forgery core(Rule rule, String plural, ObjectNode object) {
        return new Forgery(
                rule, department.name(), "/api/v1/namespaces/" + department.sandboxNamespace() + "/" + plural, object);
    }

    private static ObjectNode ours(String kind) {
        return object(ApiGroup.NAME + "/" + ApiGroup.VERSION, kind);
    }

    private static ObjectNode object(String apiVersion, String kind) {
        ObjectNode object = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", apiVersion)
                .put("kind", kind);
        object.putObject("metadata").put("name", NAME);
        return object;
    }

    private static ObjectNode subject(String username) {
        return JsonNodeFactory.instance.objectNode().put("username", username);
    }
}
