package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.api.Subject;
import dev.countersign.api.codetemplate.CodeTemplate;
import dev.countersign.api.execution.Execution;
import dev.countersign.api.templateapproval.TemplateApproval;
import dev.countersign.cli.Surroundings;
import dev.countersign.cli.kube.Api;
import dev.countersign.cli.kube.ApiError;
import dev.countersign.cli.kube.Json;
import dev.countersign.cli.kube.Trouble;
import dev.countersign.cli.text.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** One command at work: the API as the caller, in one namespace, and the caller's terminal. */
record Session(Api api, Surroundings surroundings) {

    String namespace() {
        return api.namespace();
    }

    Page page() {
        return new Page(surroundings.width(), surroundings.asciiOnly());
    }

    void print(Page page) {
        surroundings.out().print(page.text());
        surroundings.out().flush();
    }

    /** One line that is no page, made visible all the same. */
    void say(String line) {
        surroundings.out().print(page().line(line).text());
        surroundings.out().flush();
    }

    /** A line about the work itself, beside the output. */
    void tell(String line) {
        surroundings.err().print(page().line(line).text());
        surroundings.err().flush();
    }

    /** The object, or {@link Trouble} that says where to look for the right name. */
    JsonNode object(Kind kind, String name) {
        try {
            return api.get(kind.in(namespace()) + "/" + Name.check(kind.title(), name));
        } catch (ApiError e) {
            if (e.isNotFound() && e.reason().equals("NotFound")) {
                throw Trouble.refused(
                        "there is no " + kind.title() + " " + name + " in namespace " + namespace(),
                        "see kubectl -n " + namespace() + " get " + kind.plural() + ", or give another -n NAMESPACE");
            }
            throw e;
        }
    }

    CodeTemplate template(String name) {
        return Json.as(object(Kind.CODE_TEMPLATE, name), CodeTemplate.class);
    }

    Execution execution(String name) {
        return Json.as(object(Kind.EXECUTION, name), Execution.class);
    }

    CompletableFuture<JsonNode> approvalsSoon(String template) {
        return api.getSoon(Kind.TEMPLATE_APPROVAL.in(namespace()) + "?fieldSelector=" + "spec.grant.templateRef.name%3D"
                + Name.check("CodeTemplate", template));
    }

    /** The approvals that name the template; empty where the caller may not read them. */
    static Optional<List<TemplateApproval>> approvals(CompletableFuture<JsonNode> soon) {
        try {
            List<TemplateApproval> approvals = new ArrayList<>();
            Api.joined(soon).path("items").forEach(each -> approvals.add(Json.as(each, TemplateApproval.class)));
            return Optional.of(approvals);
        } catch (ApiError e) {
            if (e.isForbidden()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    CompletableFuture<JsonNode> selfSoon() {
        return api.createSoon("/apis/authentication.k8s.io/v1/selfsubjectreviews", review("SelfSubjectReview"));
    }

    /** Who the caller is to the API server. */
    static Subject self(CompletableFuture<JsonNode> soon) {
        JsonNode user = Api.joined(soon).path("status").path("userInfo");
        String uid = user.path("uid").asText("");
        return new Subject(user.path("username").asText(), uid.isEmpty() ? null : uid);
    }

    Subject self() {
        return self(selfSoon());
    }

    /** Whether the caller may do this in the namespace; {@code name} may be empty. */
    CompletableFuture<Boolean> maySoon(String verb, String group, String resource, String subresource, String name) {
        ObjectNode review = JsonNodeFactory.instance.objectNode();
        review.put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
        review.putObject("spec")
                .putObject("resourceAttributes")
                .put("namespace", namespace())
                .put("verb", verb)
                .put("group", group)
                .put("resource", resource)
                .put("subresource", subresource)
                .put("name", name);
        return api.createSoon("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review)
                .thenApply(answer -> answer.path("status").path("allowed").asBoolean());
    }

    static ObjectNode subject(Subject subject) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("username", subject.username());
        if (subject.uid() != null) {
            json.put("uid", subject.uid());
        }
        return json;
    }

    private static ObjectNode review(String kind) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", "authentication.k8s.io/v1")
                .put("kind", kind);
    }
}
