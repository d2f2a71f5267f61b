package dev.countersign.e2e.cluster;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test its departments, cleans up after it, and tells what is known when it fails.
 *
 * <p>A parameter of type {@link Department} is finance, or research where the parameter is called so.
 */
public final class OnCluster implements ParameterResolver, AfterTestExecutionCallback {
    private static final Namespace OURS = Namespace.create(OnCluster.class);

    /** What a test that failed left behind, for its report. */
    private static final class Diagnosis extends Exception {
        Diagnosis(String text) {
            super(text, null, false, false);
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Department.class || type == Cluster.class || type == Node.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == Cluster.class) {
            return Cluster.get();
        }
        if (type == Node.class) {
            return Node.local();
        }
        String name = parameter.getParameter().getName();
        // The store closes what is in it when the test is over.
        return context.getStore(OURS).computeIfAbsent(name, this::department, Department.class);
    }

    private Department department(String name) {
        return switch (name) {
            case "finance" -> Department.finance(Cluster.get());
            case "research" -> Department.research(Cluster.get());
            default -> throw new IllegalArgumentException("there is no department " + name);
        };
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException().ifPresent(failure -> {
            for (String name : new String[] {"finance", "research"}) {
                Department department = context.getStore(OURS).get(name, Department.class);
                if (department != null) {
                    failure.addSuppressed(new Diagnosis(department.diagnosis()));
                }
            }
        });
    }
}
