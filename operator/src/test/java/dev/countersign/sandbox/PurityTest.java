package dev.countersign.sandbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.countersign.sandbox.pod.SandboxPod;
import dev.countersign.sandbox.wire.RunTranscript;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What decides over frames and pods has no client, clock, random source, environment or logger. */
class PurityTest {
    private static final JavaClasses WIRE = packageOf(RunTranscript.class);
    private static final JavaClasses POD = packageOf(SandboxPod.class);

    @Test
    void wireNeedsTheJdkAndJacksonOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.countersign.sandbox.wire",
                        "java.lang",
                        "java.lang.runtime",
                        "java.lang.invoke",
                        "java.util..",
                        "java.io",
                        "java.nio..",
                        "java.security..",
                        "javax.crypto..",
                        "com.fasterxml.jackson..",
                        "org.jspecify..")
                .check(WIRE);
    }

    @Test
    void podNeedsModelsAndJacksonOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "dev.countersign.sandbox.pod",
                        "dev.countersign.api",
                        "dev.countersign.canonical",
                        "java.lang",
                        "java.lang.runtime",
                        "java.lang.invoke",
                        "java.util..",
                        "java.math",
                        "java.time",
                        "io.fabric8.kubernetes.api..",
                        "com.fasterxml.jackson..",
                        "org.jspecify..")
                .check(POD);
    }

    @Test
    void neitherAsksTheWorld() {
        var rule = noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Random.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(SecureRandom.class)
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(Thread.class)
                .orShould()
                .callMethod(UUID.class, "randomUUID")
                .orShould()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class);
        rule.check(WIRE);
        rule.check(POD);
    }

    /** The classes compiled with {@code type} in its package; its tests lie elsewhere under the same name. */
    private static JavaClasses packageOf(Class<?> type) {
        try {
            Path root = Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
            return new ClassFileImporter()
                    .importPath(root.resolve(type.getPackageName().replace('.', '/')));
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
