package dev.countersign;

import dev.countersign.config.ConfigProblem;
import dev.countersign.config.Departments;
import dev.countersign.config.DepartmentsFile;
import dev.countersign.metrics.OperatorMetrics;
import dev.countersign.sandbox.PodWatch;
import java.util.List;

/** Departments come and go without a restart: the sandbox namespaces to watch change with them. */
record DepartmentChanges(PodWatch pods, OperatorMetrics metrics) implements DepartmentsFile.Listener {
    @Override
    public void changed(Departments departments) {
        pods.watch(departments.sandboxNamespaces());
    }

    @Override
    public void refused(List<ConfigProblem> problems) {
        metrics.departmentsRefused();
    }
}
