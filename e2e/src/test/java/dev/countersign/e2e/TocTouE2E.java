package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Reason;
import dev.countersign.e2e.cluster.AuditFile;
import dev.countersign.e2e.cluster.Cluster;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import dev.countersign.e2e.cluster.Run;
import dev.countersign.e2e.cluster.Template;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Between what is checked and what runs: whatever changes in the meantime, only what was approved ever runs. */
@ExtendWith(OnCluster.class)
class TocTouE2E {
    private static final int FEW = 4;
    private static final int MANY = 40;

    /** From before the first look at an Execution to after the start of its code, on a busy machine. */
    private static final int LONGEST_DELAY_MILLIS = 3000;

    @Test
    void aTemplateMadeAnewUnderItsNameIsAnotherUnlessItIsTheSame(Department finance) {
        var template = finance.bash("echo approved").approved();
        assertThat(template.run().stdout()).isEqualTo("approved\n");

        template.delete();
        assertThat(template.run().reason()).isEqualTo(Reason.TemplateNotFound);
        finance.bash("echo other").create(template.name());
        var other = template.run();
        assertThat(other.reason()).isEqualTo(Reason.DigestMismatch);

        // As when a GitOps controller prunes and syncs: what is the same, by the same author, needs nobody again.
        template.delete();
        finance.bash("echo approved").create(template.name());
        assertThat(template.run().stdout()).isEqualTo("approved\n");
    }

    @Test
    void codeThatIsPutBackAfterAChangeByAnotherNeedsANewLook(Department finance) {
        var amy = finance.person("amy", "countersign-author");
        var template = finance.bash("echo approved").approved();
        assertThat(template.run().reason()).isEqualTo(Reason.Completed);

        template.change(
                amy,
                "{\"spec\": {\"code\": \"echo amy\", \"authors\": [{\"username\": \"tom\"},"
                        + " {\"username\": \"amy\"}]}}");
        template.change("{\"spec\": {\"code\": \"echo approved\"}}");
        var refused = template.run();

        assertThat(refused.reason()).isEqualTo(Reason.AuthorsChanged);
        assertThat(refused.message()).contains("amy", "approve anew");
        template.approve();
        assertThat(template.run().stdout()).isEqualTo("approved\n");
    }

    @Test
    void onlyWhatWasApprovedRunsWheneverItIsChanged(Department finance, Cluster cluster) {
        interleave(finance, cluster, FEW, new Random().nextLong());
    }

    @Test
    @Tag("full")
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void onlyWhatWasApprovedRunsWheneverItIsChangedManyTimes(Department finance, Cluster cluster) {
        List<Reason> ends = new ArrayList<>();
        for (int i = 0; i < MANY; i += FEW) {
            ends.addAll(interleave(finance, cluster, FEW, i));
        }

        // Else they raced with nothing.
        assertThat(ends).contains(Reason.Completed, Reason.ApprovalRevoked);
        assertThat(ends).containsAnyOf(Reason.DigestMismatch, Reason.NotApproved, Reason.TemplateNotFound);
    }

    private record Race(Template template, String digest, Run run, Template.Approval approval, int action) {}

    /** Somebody changes, revokes, deletes or makes anew, at any moment of a run; the approved code runs or none. */
    private static List<Reason> interleave(Department finance, Cluster cluster, int races, long seed) {
        var random = new Random(seed);
        List<Race> all = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < races; i++) {
            var template = finance.bash("echo approved").create();
            var approval = template.approve();
            assertThat(approval.awaitJudged()).isTrue();
            int delay = random.nextInt(LONGEST_DELAY_MILLIS);
            String digest = template.digest();
            var race = new Race(template, digest, template.request().create(), approval, random.nextInt(4));
            all.add(race);
            threads.add(Thread.ofVirtual().start(() -> {
                sleep(delay);
                act(finance, race);
            }));
        }
        threads.forEach(TocTouE2E::join);
        for (Race race : all) {
            race.run().awaitFinished();
            String as = "seed " + seed + ", action " + race.action() + ", "
                    + race.run().message();
            assertThat(race.run().reason())
                    .as(as)
                    .isIn(
                            Reason.Completed,
                            Reason.DigestMismatch,
                            Reason.ApprovalRevoked,
                            Reason.NotApproved,
                            Reason.TemplateNotFound);
            if (race.run().seen().getStatus().result() != null) {
                assertThat(race.run().stdout()).as(as).isIn(Arrays.asList("approved\n", "", null));
            }
            AuditFile.ofOperator(cluster).entriesOf(race.run().uid()).stream()
                    .filter(entry -> entry.type().equals("execution.authorized"))
                    .forEach(entry -> assertThat(
                                    entry.json().path("templateDigest").asText())
                            .as(as)
                            .isEqualTo(race.digest()));
        }
        return all.stream().map(race -> race.run().reason()).toList();
    }

    private static void act(Department finance, Race race) {
        switch (race.action()) {
            case 0 -> race.template().change("{\"spec\": {\"code\": \"echo changed\"}}");
            case 1 -> race.approval().revoke("in a race");
            case 2 -> race.approval().delete();
            default -> {
                race.template().delete();
                finance.bash("echo changed").create(race.template().name());
            }
        }
    }

    private static void sleep(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
