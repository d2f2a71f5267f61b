package dev.countersign.approval;

import dev.countersign.config.Department;
import dev.countersign.config.DepartmentPolicy;
import dev.countersign.config.Departments;
import dev.countersign.guard.Guard;
import java.time.Clock;
import java.util.function.Supplier;

/** Tells the terms that approvals are judged under at the moment of asking. */
public record TermsInForce(Guard guard, Supplier<Departments> departments, Clock clock) {

    public Terms of(String namespace) {
        return new Terms(guard.state(namespace), policy(namespace), clock.instant());
    }

    /** With the guard looked at anew: for what is recorded once and for all. May take as long as a few reads. */
    public Terms confirmed(String namespace) {
        return new Terms(guard.confirmed(namespace), policy(namespace), clock.instant());
    }

    private DepartmentPolicy policy(String namespace) {
        return departments.get().ofNamespace(namespace).map(Department::policy).orElse(DepartmentPolicy.DEFAULT);
    }
}
