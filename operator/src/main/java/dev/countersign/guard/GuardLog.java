package dev.countersign.guard;

import dev.countersign.logging.LogKeys;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the operator's log what has become of the guard: a line or two for each change, however much is wrong. */
final class GuardLog {

    private static final Logger LOG = LoggerFactory.getLogger(GuardLog.class);

    private static final int DEPARTMENTS_TOLD = 20;

    private GuardLog() {}

    static void changed(GuardStates before, GuardStates now) {
        if (!now.policies().equals(before.policies())) {
            policies(before.policies(), now.policies());
        }
        if (now.policies().intact() && !now.untried().equals(before.untried())) {
            departments(now);
        }
    }

    private static void policies(GuardState before, GuardState now) {
        if (!now.intact()) {
            LOG.atError()
                    .addKeyValue(LogKeys.PROBLEMS, String.join("; ", now.problems()))
                    .log("the guard is broken: approvals count for nothing");
        } else if (!before.intact()) {
            LOG.atInfo().addKeyValue(LogKeys.DIGEST, now.digest()).log("the guard stands");
        }
        if (now.intact() && !now.problems().isEmpty()) {
            LOG.atWarn()
                    .addKeyValue(LogKeys.PROBLEMS, String.join("; ", now.problems()))
                    .log("the guard stands, but something about it is not right");
        }
    }

    private static void departments(GuardStates now) {
        if (now.untried().isEmpty()) {
            LOG.info("the guard stands in every department");
            return;
        }
        List<String> problems = new ArrayList<>();
        now.untried().values().stream()
                .limit(DEPARTMENTS_TOLD)
                .flatMap(state -> state.problems().stream().limit(1))
                .forEach(problems::add);
        LOG.atWarn()
                .addKeyValue(LogKeys.COUNT, now.untried().size())
                .addKeyValue(LogKeys.PROBLEMS, String.join("; ", problems))
                .log("the guard stands, but cannot be tried in some departments: approvals count for nothing there");
    }
}
