package dev.countersign;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import org.slf4j.Logger;

/** The lines that keep the core pure and the shell thin. */
@AnalyzeClasses(packages = "dev.countersign", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String[] PURE_PACKAGES = {
        "dev.countersign.canonical..",
        "dev.countersign.conditions..",
        "dev.countersign.guard.check..",
        "dev.countersign.policy..",
        "dev.countersign.quota..",
        "dev.countersign.sandbox.pod..",
        "dev.countersign.sandbox.wire.."
    };

    @ArchTest
    static final ArchRule PURE_CODE_HAS_NO_CLIENT = noClasses()
            .that()
            .resideInAnyPackage(PURE_PACKAGES)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(KubernetesClient.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Logger.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(SecureRandom.class);

    @ArchTest
    static final ArchRule PURE_CODE_ASKS_NOBODY = noClasses()
            .that()
            .resideInAnyPackage(PURE_PACKAGES)
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(UUID.class, "randomUUID")
            .orShould()
            .callMethod(System.class, "getenv")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis");

    @ArchTest
    static final ArchRule DECISIONS_ARE_PURE = noClasses()
            .that(simpleNameEndingWith("Planner")
                    .or(simpleNameEndingWith("Standing"))
                    .or(simpleNameEndingWith("Statuses"))
                    .or(simpleNameEndingWith("Approvals"))
                    .or(simpleNameEndingWith("RunEnd")))
            .should()
            .dependOnClassesThat()
            .areAssignableTo(KubernetesClient.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class)
            .orShould()
            .callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule NOBODY_ASKS_THE_SYSTEM_CLOCK = noClasses().should().callMethod(Instant.class, "now");

    @ArchTest
    static final ArchRule CHECKS_KNOW_NOTHING_BUT_THE_REQUEST = classes()
            .that()
            .implement("dev.countersign.policy.Check")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.fasterxml.jackson..",
                    "dev.countersign.policy..",
                    "dev.countersign.api..",
                    "dev.countersign.approval..",
                    "dev.countersign.canonical..",
                    "dev.countersign.template..",
                    "dev.countersign.config..",
                    "dev.countersign.quota..",
                    "dev.countersign.guard..",
                    "io.fabric8.kubernetes.api.model.."));

    @ArchTest
    static final ArchRule NAMES_SAY_SOMETHING = noClasses()
            .should()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");
}
