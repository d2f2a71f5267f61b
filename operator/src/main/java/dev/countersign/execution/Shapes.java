package dev.countersign.execution;

import dev.countersign.api.Language;
import dev.countersign.api.codetemplate.CodeTemplateSpec;
import dev.countersign.policy.RunRequest;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.pod.LimitClasses;
import dev.countersign.sandbox.pod.SandboxShape;
import dev.countersign.template.RunLimits;
import java.util.Map;

/** Which shape of sandbox a request needs. Pure. */
record Shapes(Map<Language, String> images, LimitClasses classes, String runtimeClassName) {
    Shapes {
        images = Map.copyOf(images);
    }

    SandboxShape of(RunRequest request) throws SandboxUnavailable {
        return of(request.template().orElseThrow().template().getSpec(), request.limits());
    }

    /** @param limits that a run of this template gets */
    SandboxShape of(CodeTemplateSpec spec, RunLimits limits) throws SandboxUnavailable {
        String image = spec.runtimeImage() == null ? images.get(spec.language()) : spec.runtimeImage();
        if (image == null) {
            throw new SandboxUnavailable("this installation has no image for " + spec.language()
                    + ": the platform team sets sandbox.images." + spec.language());
        }
        return new SandboxShape(
                spec.language(),
                image,
                fit("memory", classes.memory(limits.memoryBytes())),
                fit("disk", classes.disk(limits.diskBytes())),
                runtimeClassName);
    }

    private static long fit(String limit, LimitClasses.Choice choice) throws SandboxUnavailable {
        return switch (choice) {
            case LimitClasses.Choice.Fits fits -> fits.classBytes();
            case LimitClasses.Choice.AboveLargest above ->
                throw new SandboxUnavailable("limits." + limit + " " + above.askedBytes()
                        + " is above the largest class of this installation, " + above.largestBytes());
        };
    }
}
