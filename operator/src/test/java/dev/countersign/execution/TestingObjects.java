package dev.countersign.execution;

import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.template.BehaviourProjection;
import io.fabric8.kubernetes.api.model.DefaultKubernetesResourceList;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;

/** A template, decisions about it and a request for a run of it, as they would be on a cluster. */
public final class TestingObjects {
    public static final String NAMESPACE = "finance";
    public static final String TEMPLATE = "report";

    private TestingObjects() {}

    public static CodeTemplate template(String code) {
        return Serialization.unmarshal("""
                apiVersion: countersign.dev/v1alpha1
                kind: CodeTemplate
                metadata: {name: report, namespace: finance, uid: template-1, generation: 1,
                  creationTimestamp: "2026-11-21T11:00:00Z"}
                spec: {language: Python, code: "%s", authors: [{username: tom}]}
                """.formatted(code), CodeTemplate.class);
    }

    public static TemplateApproval approval(String name, CodeTemplate of, String created) {
        return decision(name, of, created, "decision: Approved");
    }

    /** @param terms of the grant, beside what every grant has */
    public static TemplateApproval decision(String name, CodeTemplate of, String created, String terms) {
        return Serialization.unmarshal(
                """
                apiVersion: countersign.dev/v1alpha1
                kind: TemplateApproval
                metadata: {name: %s, namespace: finance, uid: uid-of-%s, generation: 1, creationTimestamp: "%s"}
                spec:
                  grant:
                    templateRef: {name: report}
                    templateDigest: "%s"
                    validForSeconds: 31536000
                    approvedBy: {username: alice}
                    authors: [{username: tom}]
                    %s
                """.formatted(name, name, created, BehaviourProjection.of(of).digest(), terms), TemplateApproval.class);
    }

    /** @param meta more of its metadata, each entry led by a comma */
    public static Execution execution(String meta) {
        return Serialization.unmarshal("""
                apiVersion: countersign.dev/v1alpha1
                kind: Execution
                metadata: {name: run-1, namespace: finance, uid: 00000000-0000-0000-0000-000000000001, generation: 1,
                  creationTimestamp: "2026-11-21T11:30:00Z"%s}
                spec: {templateRef: {name: report}, requestedBy: {username: "system:serviceaccount:finance:agent"}}
                """.formatted(meta), Execution.class);
    }

    /** As the API server answers a list. */
    public static DefaultKubernetesResourceList<TemplateApproval> list(List<TemplateApproval> approvals) {
        var list = new DefaultKubernetesResourceList<TemplateApproval>();
        list.setApiVersion("countersign.dev/v1alpha1");
        list.setKind("TemplateApprovalList");
        list.setItems(List.copyOf(approvals));
        return list;
    }
}
