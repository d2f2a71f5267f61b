package dev.countersign.sandbox.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The value inside a whole result: what cannot be stored costs the value, never the result. */
class CodeValueTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "true",
                "false",
                "0",
                "-1",
                "9223372036854775807",
                "-9223372036854775808",
                "1.5",
                "-0.0",
                "1e300",
                "\"\"",
                "\"Grüße 🎉\"",
                "\"\\ud83c\\udf89\"",
                "\"\\u0000\"",
                "[]",
                "{}",
                "[[],{}]",
                "{\"a\":{\"a\":[1,\"x\",null,{\"\":false}]},\"b\":[]}"
            })
    void keepsWhatKubernetesCanStore(String value) throws Exception {
        var result = resultWith(value);

        assertThat(result.value()).isEqualTo(JSON.readTree(value));
        assertThat(result.valueError()).isNull();
        assertThat(JSON.readTree(JSON.writeValueAsBytes(result.value()))).isEqualTo(result.value());
    }

    @Test
    void givesUpWhatItCannot() {
        assertGivenUp("9223372036854775808", "the value has a whole number beyond 64 bits (write it as text)");
        assertGivenUp("[1e999]", "the value has a number beyond a double's range");
        assertGivenUp("-1e999", "the value has a number beyond a double's range");
        assertGivenUp("1" + "0".repeat(5000), "the value has a number of more than 128 characters");
        assertGivenUp("0." + "1".repeat(5000), "the value has a number of more than 128 characters");
        assertGivenUp("{\"a\":1,\"a\":[1,2]}", "the value has the same name twice in one object");
        assertGivenUp("[\"\\ud800\"]", "the value has a string with half a surrogate pair");
        assertGivenUp("{\"\\udc00\":{\"b\":[]}}", "the value has a name with half a surrogate pair");
        assertGivenUp(nested(101), "the value has nesting deeper than 100");
        assertGivenUp("[" + nested(30_000) + ",7]", "the value has nesting deeper than 100");
        assertGivenUp("[" + "0,".repeat(65_536) + "0]", "the value has more than 65536 parts");
    }

    @Test
    void keepsWhatIsJustWithinBounds() {
        assertThat(resultWith(nested(100)).value()).isNotNull();
        assertThat(resultWith("[" + "0,".repeat(65_534) + "0]").value()).hasSize(65_535);
    }

    @Test
    void namesTheFirstProblemOfSeveral() {
        assertGivenUp("[1e999,\"\\ud800\"," + nested(300) + "]", "the value has a number beyond a double's range");
    }

    private static void assertGivenUp(String value, String why) {
        var result = resultWith(value);

        assertThat(result.value()).isNull();
        assertThat(result.valueError()).isEqualTo(why);
        assertThat(result.message()).as("what stands behind the value").isEqualTo("done");
    }

    private static SandboxResult resultWith(String value) {
        var run = new TestingSupervisor(TestingSupervisor.key())
                .accepted()
                .stdout("x")
                .result("\"value\":" + value + ",");
        var transcript = new RunTranscript(TestingSupervisor.key());
        transcript.feed(run.stream());
        assertThat(transcript.end()).isInstanceOf(TranscriptVerdict.Complete.class);
        return ((TranscriptVerdict.Complete) transcript.end()).result();
    }

    private static String nested(int depth) {
        return "[".repeat(depth) + "]".repeat(depth);
    }
}
