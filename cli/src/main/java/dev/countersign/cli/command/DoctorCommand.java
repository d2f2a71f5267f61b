package dev.countersign.cli.command;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.cli.Exit;
import dev.countersign.cli.kube.Api;
import dev.countersign.cli.kube.ApiError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Looks at everything between the caller and a run, as far as the caller may look. */
@Command(
        name = "doctor",
        description = {
            "Looks whether Countersign works here, and what you may do: the API server, the kinds, the guarding policies, the"
                    + " operator and its guard, your rights.",
            "Exit code 1 if something is not as it should be. What you may not read is said, not guessed."
        })
final class DoctorCommand extends ApiCommand {
    private static final String POLICIES = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/";
    private static final String BINDINGS = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/";
    private static final String MUTATING = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies";
    private static final String IDENTITY = "countersign-identity";

    /** The policies that the chart installs; the operator compares them field by field, this only looks for them. */
    private static final List<String> GUARDS = List.of(
            "countersign-approvals",
            "countersign-executions",
            "countersign-templates",
            "countersign-status",
            "countersign-namespaces",
            "countersign-sandboxes");

    @Option(
            names = "--operator-namespace",
            paramLabel = "NAMESPACE",
            description = "Where the operator runs (default: ${DEFAULT-VALUE}).")
    private String operatorNamespace = "countersign-system";

    private enum Mark {
        OK,
        PROBLEM,
        UNKNOWN
    }

    private record Finding(Mark mark, String what, String next) {
        static Finding ok(String what) {
            return new Finding(Mark.OK, what, "");
        }
    }

    private record Right(String what, CompletableFuture<Boolean> allowed) {}

    @Override
    Exit run(Session session) {
        Name.check("--operator-namespace", operatorNamespace);
        List<Finding> findings = new ArrayList<>();
        var self = session.selfSoon();
        List<Right> rights = rights(session);
        findings.add(Finding.ok("the API server " + session.api().server() + " answers: Kubernetes "
                + session.api().get("/version").path("gitVersion").asText()));
        findings.add(Finding.ok("you are " + Session.self(self).username()));
        boolean installed = kinds(session, findings);
        if (installed) {
            for (String guard : GUARDS) {
                findings.add(policy(session, guard));
            }
            findings.add(identity(session));
            findings.add(operator(session));
            findings.add(guard(session));
        }
        var page = session.page();
        for (Finding each : findings) {
            page.line(title(each.mark()) + each.what());
            if (!each.next().isEmpty()) {
                page.line("          next: " + each.next());
            }
        }
        if (installed) {
            page.heading("In namespace " + session.namespace() + " you may:");
            rights.forEach(each -> page.line("  " + (Api.joined(each.allowed()) ? "yes  " : "no   ") + each.what()));
        }
        session.print(page);
        return findings.stream().anyMatch(each -> each.mark() == Mark.PROBLEM) ? Exit.FAILED : Exit.DONE;
    }

    private static String title(Mark mark) {
        return switch (mark) {
            case OK -> "ok        ";
            case PROBLEM -> "PROBLEM   ";
            case UNKNOWN -> "not known ";
        };
    }

    private static List<Right> rights(Session session) {
        String group = dev.countersign.api.ApiGroup.NAME;
        String templates = Kind.CODE_TEMPLATE.plural();
        String executions = Kind.EXECUTION.plural();
        return List.of(
                new Right("see templates", session.maySoon("list", group, templates, "", "")),
                new Right("write templates", session.maySoon("update", group, templates, "", "")),
                new Right("ask for runs", session.maySoon("create", group, executions, "", "")),
                new Right("approve templates", both(session, "approve", templates, Kind.TEMPLATE_APPROVAL)),
                new Right("approve single runs", both(session, "approve", executions, Kind.EXECUTION_APPROVAL)),
                new Right(
                        "revoke approvals",
                        session.maySoon("revoke", group, templates, "", "")
                                .thenCombine(
                                        session.maySoon("patch", group, Kind.TEMPLATE_APPROVAL.plural(), "", ""),
                                        (verb, patch) -> verb && patch)));
    }

    // The verb that says whose approval counts, and the right to create the object that says it.
    private static CompletableFuture<Boolean> both(Session session, String verb, String resource, Kind object) {
        String group = dev.countersign.api.ApiGroup.NAME;
        return session.maySoon(verb, group, resource, "", "")
                .thenCombine(
                        session.maySoon("create", group, object.plural(), "", ""),
                        (allowed, create) -> allowed && create);
    }

    private static boolean kinds(Session session, List<Finding> findings) {
        Set<String> served = new HashSet<>();
        try {
            session.api()
                    .get(Kind.GROUP_PATH)
                    .path("resources")
                    .forEach(each -> served.add(each.path("name").asText()));
        } catch (ApiError e) {
            if (!e.isNotFound()) {
                throw e;
            }
        }
        List<String> missing = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            if (!served.contains(kind.plural())) {
                missing.add(kind.title());
            }
        }
        findings.add(
                missing.isEmpty()
                        ? Finding.ok("the cluster serves all kinds of countersign.dev/v1alpha1")
                        : new Finding(
                                Mark.PROBLEM,
                                "the cluster does not serve " + String.join(", ", missing),
                                "ask the platform team to install Countersign, or choose another --context"));
        return missing.isEmpty();
    }

    private static Finding policy(Session session, String name) {
        String next = "the platform team deletes what is left of it and restores it (helm upgrade);"
                + " approvals made meanwhile do not count";
        try {
            JsonNode policy = session.api().get(POLICIES + name);
            if (!policy.path("spec").path("failurePolicy").asText("Fail").equals("Fail")) {
                return new Finding(Mark.PROBLEM, "policy " + name + " lets pass what it cannot judge", next);
            }
            JsonNode binding = session.api().get(BINDINGS + name);
            for (JsonNode action : binding.path("spec").path("validationActions")) {
                if (action.asText().equals("Deny")) {
                    return Finding.ok("policy " + name + " is there and denies");
                }
            }
            return new Finding(Mark.PROBLEM, "policy " + name + " is there, but its binding does not deny", next);
        } catch (ApiError e) {
            if (e.isNotFound()) {
                return new Finding(Mark.PROBLEM, "policy " + name + " or its binding is missing", next);
            }
            return unreadable("policy " + name, e);
        }
    }

    private static Finding identity(Session session) {
        try {
            for (JsonNode each : session.api().get(MUTATING).path("items")) {
                if (each.path("metadata").path("name").asText().startsWith(IDENTITY)) {
                    return Finding.ok("the cluster fills in who asks, writes and approves");
                }
            }
            return Finding.ok("the cluster does not fill in who asks, writes and approves: this plugin states it");
        } catch (ApiError e) {
            return e.isNotFound()
                    ? Finding.ok("the cluster has no mutating policies: this plugin states who asks and approves")
                    : unreadable("the policies that fill in names", e);
        }
    }

    private Finding operator(Session session) {
        try {
            JsonNode status = session.api()
                    .get("/apis/apps/v1/namespaces/" + operatorNamespace + "/deployments/countersign-operator")
                    .path("status");
            int ready = status.path("readyReplicas").asInt();
            return ready > 0
                    ? Finding.ok("the operator runs in namespace " + operatorNamespace)
                    : new Finding(
                            Mark.PROBLEM,
                            "the operator in namespace " + operatorNamespace + " is not ready",
                            "the platform team looks at its log");
        } catch (ApiError e) {
            return e.isNotFound()
                    ? new Finding(
                            Mark.PROBLEM,
                            "there is no operator in namespace " + operatorNamespace,
                            "give --operator-namespace, or ask the platform team")
                    : unreadable("the operator's deployment", e);
        }
    }

    /** What the operator's own watch over the policies says: its metrics, else the reasons on approvals. */
    private Finding guard(Session session) {
        try {
            String metrics = session.api()
                    .text("/api/v1/namespaces/" + operatorNamespace
                            + "/services/countersign-operator:8080/proxy/metrics");
            return new GuardMetrics(metrics)
                    .state()
                    .map(DoctorCommand::ofState)
                    .orElseGet(() -> new Finding(
                            Mark.UNKNOWN, "the operator publishes nothing about its guard", "use a newer operator"));
        } catch (ApiError e) {
            return ofApprovals(session, e.isForbidden() ? "you may not read its metrics" : "its metrics do not answer");
        }
    }

    private static Finding ofState(GuardMetrics.State state) {
        return switch (state) {
            case INTACT -> Finding.ok("the operator finds its guarding policies intact");
            case UNTRIED_SOMEWHERE ->
                new Finding(
                        Mark.PROBLEM,
                        "the operator cannot try its guarding policies in some departments: no approval counts there",
                        "the platform team gives the probe its rights back (helm upgrade); the operator's log names the"
                                + " departments and what refuses the probe");
            case BROKEN ->
                new Finding(
                        Mark.PROBLEM,
                        "the operator finds its guarding policies missing or altered: no approval counts",
                        "the platform team restores them (helm upgrade); its log names what differs");
            case OFF ->
                new Finding(
                        Mark.PROBLEM,
                        "the operator's guard is off: who approved is not certain",
                        "guard.mode is Off for development only; the platform team sets it to Enforce");
        };
    }

    private static Finding ofApprovals(Session session, String why) {
        try {
            for (var row : new Rows(Api.joined(session.api().tableSoon(Kind.TEMPLATE_APPROVAL.in(session.namespace()))))
                    .all()) {
                if (row.cell("Reason").equals("GuardGap")) {
                    return new Finding(
                            Mark.PROBLEM,
                            "TemplateApproval " + row.name() + " does not count: GuardGap",
                            "when the policies are intact again, approve it anew");
                }
            }
            return new Finding(
                    Mark.UNKNOWN,
                    "whether the operator finds its guard intact: " + why + " (no approval here has a GuardGap)",
                    "ask somebody who may, or the platform team");
        } catch (ApiError e) {
            return unreadable("whether the operator finds its guard intact", e);
        }
    }

    private static Finding unreadable(String what, ApiError error) {
        return new Finding(
                Mark.UNKNOWN,
                what + ": " + (error.isForbidden() ? "you may not read it" : error.said()),
                "ask somebody who may, or the platform team");
    }
}
