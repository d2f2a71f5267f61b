package dev.countersign.guard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.countersign.config.Department;
import dev.countersign.config.Departments;
import dev.countersign.guard.check.Authority;
import dev.countersign.guard.check.Forgeries;
import dev.countersign.guard.check.Forgery;
import dev.countersign.guard.check.ProbeAnswer;
import dev.countersign.guard.check.ProbeFinding;
import dev.countersign.guard.check.ProbeRound;
import dev.countersign.guard.check.Rule;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Sends the forgeries, one after the other. Nothing of them is ever stored: each is a dry run. */
final class Prober {

    /** Tries for one request that the API server does not answer. */
    private static final int TRIES = 3;

    /** Everybody who is known may read it. */
    private static final String ANYWHERE = "/api";

    private static final int SERVER_ERROR = 500;
    private static final int TOO_MANY_REQUESTS = 429;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final ProbeAccount account;
    private final Consumer<Rule> failures;

    /** @param failures told of each rule that did not refuse as it must */
    Prober(ProbeAccount account, Consumer<Rule> failures) {
        this.account = account;
        this.failures = failures;
    }

    /**
     * Ends early if the API server does not answer at all. Where it answers, but not in one department, that is this
     * department's trouble: whoever binds roles there, or has webhooks called there, can make it slow.
     */
    ProbeRound round(Departments departments) throws InterruptedException {
        Map<String, List<ProbeFinding>> findings = new TreeMap<>();
        for (Department department : departments.all()) {
            List<ProbeFinding> own = findings.computeIfAbsent(department.namespace(), namespace -> new ArrayList<>());
            for (Forgery forgery : new Forgeries(department, account.username()).all()) {
                try {
                    ProbeFinding finding = explained(forgery, forgery.judge(send(forgery)));
                    if (!(finding instanceof ProbeFinding.Held)) {
                        failures.accept(forgery.rule());
                    }
                    own.add(finding);
                } catch (RuntimeException e) {
                    failures.accept(forgery.rule());
                    if (!isAnswered()) {
                        return ProbeRound.unanswered(
                                findings,
                                "the admission policies could not be tried, for the API server did not answer the probe's"
                                        + " service account: " + Words.of(e)
                                        + ": see that it answers, and that the service account is there (helm upgrade)");
                    }
                    own.add(new ProbeFinding.Untried("the admission policies could not be tried in department "
                            + department.name() + ", for the API server did not answer there: " + Words.of(e)
                            + ": look for admission webhooks on its namespaces, and for very many RoleBindings"));
                    break;
                }
            }
        }
        return ProbeRound.of(findings);
    }

    /**
     * That the probe was given what it must not hold says nothing about the rule that asks for it. Whoever binds roles in
     * a department can bring that about, and must not be able to break the guard of all.
     */
    private ProbeFinding explained(Forgery forgery, ProbeFinding finding) {
        return finding instanceof ProbeFinding.Broken
                ? forgery.authority()
                        .filter(this::isHeld)
                        .map(authority -> authority.held(forgery.department()))
                        .orElse(finding)
                : finding;
    }

    private boolean isHeld(Authority authority) {
        try {
            String answer = account.client().raw(Authority.REVIEWS, "POST", authority.review());
            return JSON.readTree(answer).path("status").path("allowed").asBoolean();
        } catch (JsonProcessingException | RuntimeException e) {
            // Not known: then the rule is taken not to hold.
            return false;
        }
    }

    /** Whether it does, about what is no department's. */
    private boolean isAnswered() {
        try {
            account.renew();
            return account.client().raw(ANYWHERE) != null;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private ProbeAnswer send(Forgery forgery) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            try {
                // What is said about the token is no answer to the forgery: no token, no try.
                account.renew();
                return answer(forgery);
            } catch (KubernetesClientException e) {
                if (attempt == TRIES) {
                    throw e;
                }
            }
        }
    }

    /** @throws KubernetesClientException if nobody answered, or somebody who did not know the probe */
    private ProbeAnswer answer(Forgery forgery) {
        try {
            account.client().raw(forgery.path() + "?dryRun=All", "POST", forgery.object());
            return new ProbeAnswer(HttpURLConnection.HTTP_CREATED, "");
        } catch (KubernetesClientException e) {
            if (e.getCode() == HttpURLConnection.HTTP_UNAUTHORIZED) {
                account.discard();
            } else if (isAnswer(e)) {
                return new ProbeAnswer(e.getCode(), Words.of(e));
            }
            throw e;
        }
    }

    private static boolean isAnswer(KubernetesClientException e) {
        return e.getCode() > 0 && e.getCode() < SERVER_ERROR && e.getCode() != TOO_MANY_REQUESTS;
    }
}
