package dev.countersign.execution;

import dev.countersign.api.Language;
import dev.countersign.policy.RunRequest;
import dev.countersign.sandbox.SandboxUnavailable;
import dev.countersign.sandbox.pod.LimitClasses;
import dev.countersign.sandbox.pod.SandboxShape;
import java.util.Map;

/** Which shape of sandbox a request needs. Pure. */
record Shapes(Map<Language, String> images, LimitClasses classes, String runtimeClassName) {
    Shapes {
        images = Map.copyOf(images);
    }

    SandboxShape of(RunRequest request) throws SandboxUnavailable {
        var spec = request.template().orElseThrow().template().getSpec();
        String image = spec.runtimeImage() == null ? images.get(spec.language()) : spec.runtimeImage();
        if (image == null) {
            throw new SandboxUnavailable("this installation has no image for " + spec.language()
                    + ": the platform team sets sandbox.images." + spec.language());
        }
        return new SandboxShape(
                spec.language(),
                image,
                fit("memory", classes.memory(request.limits().memoryBytes())),
                fit("disk", classes.disk(request.limits().diskBytes())),
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
