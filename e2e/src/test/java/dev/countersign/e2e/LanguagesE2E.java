package dev.countersign.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Language;
import dev.countersign.api.Reason;
import dev.countersign.canonical.Digest;
import dev.countersign.e2e.cluster.Department;
import dev.countersign.e2e.cluster.OnCluster;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes into a run and what comes out of it, the same in each language. */
@ExtendWith(OnCluster.class)
class LanguagesE2E {
    private static final int KIBIBYTES_200 = 200 << 10;

    @ParameterizedTest
    @EnumSource
    void whatIsGivenComesInAndWhatIsMadeComesOut(Language language, Department finance) {
        var run = Program.EVERYTHING
                .approved(finance, language)
                .request()
                .inputs("{name: Zoë}")
                .stdin("ein\nçok")
                .file("data/in ä.txt", "Inhalt €")
                .run();

        assertThat(run.reason()).isEqualTo(Reason.ExitNonZero);
        assertThat(run.result().exitCode()).isEqualTo(3);
        assertThat(run.result().signal()).isNull();
        assertThat(run.stdout()).isEqualTo("Grüß Zoë 日本語 🙂 ein\nçok\n");
        assertThat(run.result().stderr()).isEqualTo("stderr äöü\n");
        assertThat(run.value().toString()).isEqualTo("{\"n\":[1,2.5,null,true],\"name\":\"Zoë\"}");
        assertThat(run.result().files()).singleElement().satisfies(file -> {
            byte[] content = "Inhalt €".getBytes(StandardCharsets.UTF_8);
            assertThat(file.path()).isEqualTo("deep/copy ä.txt");
            assertThat(file.size()).isEqualTo(content.length);
            assertThat("sha256:" + file.sha256()).isEqualTo(Digest.of(content));
            assertThat(Base64.getDecoder().decode(file.contentBase64())).isEqualTo(content);
            assertThat(file.truncated()).isNull();
        });
        assertThat(run.result().stdoutTruncated()).isFalse();
        assertThat(run.result().stderrTruncated()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "Python, 0", "Python, 1", "Python, 255",
        "JavaScript, 0", "JavaScript, 42", "JavaScript, 255",
        "Bash, 0", "Bash, 127", "Bash, 255"
    })
    void theExitCodeIsTheCodesOwn(Language language, int code, Department finance) {
        var run = Program.EXIT
                .approved(finance, language)
                .request()
                .inputs("{code: " + code + "}")
                .run();

        assertThat(run.result().exitCode()).isEqualTo(code);
        assertThat(run.result().signal()).isNull();
        assertThat(run.reason()).isEqualTo(code == 0 ? Reason.Completed : Reason.ExitNonZero);
    }

    @ParameterizedTest
    @CsvSource({"Python, 9, SIGKILL", "JavaScript, 15, SIGTERM", "Bash, 11, SIGSEGV", "Python, 6, SIGABRT"})
    void aSignalIsToldByName(Language language, int number, String name, Department finance) {
        var run = Program.SIGNAL
                .approved(finance, language)
                .request()
                .inputs("{number: " + number + "}")
                .run();

        assertThat(run.reason()).isEqualTo(Reason.ExitNonZero);
        assertThat(run.result().signal()).isEqualTo(name);
        assertThat(run.result().exitCode()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void nothingComesOutOfNothing(Language language, Department finance) {
        var run = Program.NOTHING.approved(finance, language).run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.result().exitCode()).isZero();
        assertThat(run.stdout()).isEmpty();
        assertThat(run.result().stderr()).isEmpty();
        assertThat(run.value()).isNull();
        assertThat(run.result().files()).isEmpty();
        assertThat(run.result().usage().outputBytes()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void inputsOf200KibibytesArriveWhole(Language language, Department finance) {
        String text = "aä€🙂".repeat(KIBIBYTES_200 / 10);

        var run = Program.MEASURE
                .approved(finance, language)
                .request()
                .set("inputs", Map.of("text", text))
                .run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).isEqualTo(measured(text) + measured(""));
    }

    @ParameterizedTest
    @EnumSource
    void standardInputOf200KibibytesArrivesWhole(Language language, Department finance) {
        String text = "aä€🙂".repeat(KIBIBYTES_200 / 10);

        var run = Program.MEASURE
                .approved(finance, language)
                .request()
                .inputs("{text: small}")
                .stdin(text)
                .run();

        assertThat(run.reason()).isEqualTo(Reason.Completed);
        assertThat(run.stdout()).isEqualTo(measured("small") + measured(text));
    }

    private static String measured(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return bytes.length + " " + Digest.of(bytes).substring("sha256:".length()) + "\n";
    }
}
