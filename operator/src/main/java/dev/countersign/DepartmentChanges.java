package dev.countersign;

import dev.countersign.config.ConfigProblem;
import dev.countersign.config.Departments;
import dev.countersign.config.DepartmentsFile;
import dev.countersign.metrics.OperatorMetrics;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Departments come and go, and their policies change, without a restart: whom that concerns is told, in order. */
final class DepartmentChanges implements DepartmentsFile.Listener {
    private final OperatorMetrics metrics;
    private final List<Consumer<Departments>> listeners = new CopyOnWriteArrayList<>();

    DepartmentChanges(OperatorMetrics metrics) {
        this.metrics = metrics;
    }

    /** {@code listener} is told of each new version from now on. */
    void onChange(Consumer<Departments> listener) {
        listeners.add(listener);
    }

    @Override
    public void changed(Departments departments) {
        listeners.forEach(listener -> listener.accept(departments));
    }

    @Override
    public void refused(List<ConfigProblem> problems) {
        metrics.departmentsRefused();
    }
}
