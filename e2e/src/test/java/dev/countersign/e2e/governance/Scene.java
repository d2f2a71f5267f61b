package dev.countersign.e2e.governance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.api.ConditionStatus;
import dev.countersign.api.ConditionType;
import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.Template;
import dev.countersign.e2e.governance.Row.Kind;
import dev.countersign.e2e.governance.Row.Request;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/**
 * What stands in the department when the rows of the table are sent: templates of Tom's, of Tom's and Amy's and of a
 * GitOps controller's, an approval, a revoked one, a denial of other code, a run that waits for a person, a decision
 * about a run, a pod among the sandboxes that never starts, and a template in the other department.
 */
final class Scene implements AutoCloseable {
    private static final long SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DRY_RUN = "dryRun=All&";
    private static final String DRY_DELETION = "{\"dryRun\": [\"All\"]}";
    private static final String CONTAINER = "container=sandbox&command=true&stdin=true&ports=80";
    private static final String STRICT = "fieldValidation=Strict";

    private final Cluster cluster = Cluster.get();
    private final Department finance = Department.finance(cluster);
    private final Department research = Department.research(cluster);
    private final Subjects subjects = new Subjects(cluster);
    private final Map<String, String> made = new HashMap<>();
    private List<Row> rows = List.of();

    private Scene() {}

    /** Makes all that is in it. */
    static Scene set() {
        var scene = new Scene();
        try {
            scene.fill();
            return scene;
        } catch (RuntimeException | Error e) {
            scene.close();
            throw e;
        }
    }

    private void fill() {
        made.put("agent", finance.agent().username());
        made.put(
                "agent uid",
                cluster.admin()
                        .serviceAccounts()
                        .inNamespace(finance.namespace())
                        .withName("reporting-agent")
                        .get()
                        .getMetadata()
                        .getUid());
        var node = cluster.admin().nodes().list().getItems().getFirst().getMetadata();
        made.put("node", node.getName());
        made.put("node uid", node.getUid());
        templates();
        decisions();
        rows = GovernanceTable.rows(made, subjects.usernames());
    }

    private void templates() {
        // Its runs wait for a person, so that one is there for as long as the table needs it.
        Template toms = finance.bash("echo tom's").set("autonomy", "Supervised").create();
        Template both = finance.bash("echo tom's").create();
        patch(
                "amy",
                both,
                "{\"spec\": {\"code\": \"echo tom'S\", \"authors\": [{\"username\": \"tom\"},"
                        + " {\"username\": \"amy\"}]}}");
        note("tom's", toms);
        note("tom's and amy's", both);
        made.put(
                "git's",
                really("gitops", finance, "/apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates", """
                        {apiVersion: countersign.dev/v1alpha1, kind: CodeTemplate, metadata: {generateName: e2e-},
                         spec: {language: Bash, code: echo git}}
                        """));
        note("git's", finance.template(made.get("git's")));
        note("research's", research.bash("echo research").create());
        var approval = toms.approve();
        toms.await(ConditionType.Approved, each -> each.status() == ConditionStatus.True);
        made.put("approval", approval.name());
        var revoked = both.approve();
        revoked.revoke("for the table");
        made.put("revoked", revoked.name());
        Run run = toms.request()
                .set("activeDeadlineSeconds", 3600)
                .finalizer("countersign.dev/execution")
                .create();
        made.put("execution", run.name());
        made.put("execution uid", run.uid());
        made.put(
                "request digest",
                run.awaitHeld(Reason.AwaitingApproval).seen().getStatus().requestDigest());
    }

    private void note(String name, Template template) {
        made.put(name, template.name());
        made.put(name.replaceFirst("$", " digest"), template.digest());
    }

    private void decisions() {
        made.put(
                "denial",
                really(
                        "alice",
                        finance,
                        "/apis/countersign.dev/v1alpha1/namespaces/finance/templateapprovals",
                        """
                        {apiVersion: countersign.dev/v1alpha1, kind: TemplateApproval, metadata: {generateName: e2e-},
                         spec: {grant: {templateRef: {name: none-of-the-tables}, templateDigest: "sha256:%s",
                                decision: Denied, authors: [{username: tom}, {username: amy}],
                                approvedBy: {username: alice}}}}
                        """.formatted("0".repeat(64))));
        made.put(
                "release",
                really(
                        "alice",
                        finance,
                        "/apis/countersign.dev/v1alpha1/namespaces/finance/executionapprovals",
                        """
                        {apiVersion: countersign.dev/v1alpha1, kind: ExecutionApproval, metadata: {name: %1$s-not},
                         spec: {executionRef: {name: %1$s-not, uid: 00000000-0000-0000-0000-000000000000},
                                requestDigest: "%2$s", requestedBy: {username: nobody}, decision: Denied,
                                approvedBy: {username: alice}}}
                        """.formatted(made.get("execution"), made.get("request digest"))));
        made.put("pod", really("operator", finance, "/api/v1/namespaces/finance-sandboxes/pods", """
                        apiVersion: v1
                        kind: Pod
                        metadata: {generateName: e2e-table-}
                        spec:
                          runtimeClassName: gvisor-nonet
                          schedulingGates: [{name: countersign.dev/never}]
                          automountServiceAccountToken: false
                          restartPolicy: Never
                          securityContext: {runAsNonRoot: true, runAsUser: 65532, seccompProfile: {type: RuntimeDefault}}
                          containers:
                            - name: sandbox
                              image: table
                              resources: {requests: {memory: 16Mi}, limits: {memory: 16Mi}}
                              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                        """));
    }

    private void patch(String who, Template template, String patch) {
        try {
            Answer answer = send(
                    who,
                    new Request(
                            Kind.CHANGE,
                            "/apis/countersign.dev/v1alpha1/namespaces/finance/codetemplates/" + template.name(),
                            JSON.readTree(patch)),
                    STRICT);
            if (!answer.layer().equals(Layer.ALLOWED)) {
                throw new AssertionError(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes an object for good; it goes with the scene. Returns its name. */
    private String really(String who, Department owner, String path, String yaml) {
        JsonNode body = GovernanceTable.yaml(yaml);
        Answer answer = send(who, new Request(Kind.CREATE, path, body), STRICT);
        return adopt(owner, answer).getMetadata().getName();
    }

    private static HasMetadata adopt(Department owner, Answer answer) {
        if (!answer.layer().equals(Layer.ALLOWED)) {
            throw new AssertionError(answer);
        }
        try {
            var created = JSON.readValue(answer.body(), GenericKubernetesResource.class);
            owner.adopt(created);
            return created;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Row> rows() {
        return rows;
    }

    Subjects subjects() {
        return subjects;
    }

    /** What the API server says to a row; nothing comes of it, but of one that must not be let in unless it is a dry run. */
    Answer answer(Row row) {
        if (!row.request().stored()) {
            return send(row.who(), row.request(), DRY_RUN + STRICT);
        }
        Answer answer = send(row.who(), row.request(), STRICT);
        if (answer.layer().equals(Layer.ALLOWED)) {
            adopt(finance, answer);
        }
        return answer;
    }

    /** The same, with fields that no schema knows dropped without a word. */
    Answer dryRunWithUnknownFields(Row row) {
        return send(row.who(), row.request(), DRY_RUN + "fieldValidation=Ignore");
    }

    /** Sends a row for good. */
    HasMetadata really(Row row) {
        return adopt(finance, send(row.who(), row.request(), STRICT));
    }

    /** Takes away what a row has made for good, and returns when it is gone: the next row may want its name. */
    void remove(HasMetadata made) {
        cluster.admin().resource(made).withGracePeriod(0).delete();
        Awaitility.await(made.getMetadata().getName() + " is gone")
                .atMost(Duration.ofSeconds(SECONDS))
                .until(() -> cluster.admin().resource(made).get() == null);
    }

    private Answer send(String who, Request request, String options) {
        KubernetesClient client = subjects.client(who);
        HttpClient http = client.getHttpClient();
        String contentType = request.kind() == Kind.CHANGE ? "application/merge-patch+json" : "application/json";
        String query = request.kind() == Kind.CONNECT ? CONTAINER : options;
        // The API server looks for a deletion's options in its body alone, where there is one.
        String content =
                request.kind() == Kind.DELETE ? DRY_DELETION : request.body().toString();
        var message = http.newHttpRequestBuilder()
                .uri(URI.create(client.getMasterUrl().toString().replaceAll("/$", "") + request.path() + "?" + query))
                .method(request.kind().method(), contentType, content)
                .build();
        try {
            HttpResponse<String> response =
                    http.sendAsync(message, String.class).get(SECONDS, TimeUnit.SECONDS);
            String body = response.body() == null ? "" : response.body();
            return new Answer(
                    response.code(), response.code() < HttpURLConnection.HTTP_BAD_REQUEST ? "" : message(body), body);
        } catch (java.util.concurrent.ExecutionException | CompletionException | TimeoutException e) {
            throw new AssertionError("no answer to " + who + ": " + request, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static String message(String body) {
        try {
            String message = JSON.readTree(body).path("message").asText();
            return message.isEmpty() ? body : message;
        } catch (IOException e) {
            return body;
        }
    }

    @Override
    public void close() {
        finance.close();
        research.close();
        subjects.close();
    }
}
