package dev.countersign.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.status.Status;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** The logging configuration that is shipped, in a context of its own. */
class JsonLogTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    private void configure(String level) throws Exception {
        context.setMDCAdapter(new LogbackMDCAdapter());
        if (level != null) {
            context.putProperty("COUNTERSIGN_LOG_LEVEL", level);
        }
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(JsonLogTest.class.getResource("/logback.xml"));
        ConsoleAppender<ILoggingEvent> appender = (ConsoleAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("STDOUT");
        appender.setOutputStream(output);
    }

    @AfterEach
    void stop() {
        context.stop();
    }

    private List<String> lines() {
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void theLibraryUnderstandsTheWholeFile() throws Exception {
        configure(null);

        assertThat(context.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getEffectiveLevel() > Status.INFO)
                .isEmpty();
    }

    @Test
    void anEventIsOneLineOfJsonWithItsKeys() throws Exception {
        configure(null);

        context.getLogger("dev.countersign.test")
                .atInfo()
                .addKeyValue(LogKeys.EXECUTION, "run\n{\"level\":\"ERROR\"}")
                .addKeyValue(LogKeys.ATTEMPT, 2)
                .setCause(new IllegalStateException("broken\nin two"))
                .log("settled");

        assertThat(lines()).hasSize(1);
        JsonNode line = new ObjectMapper().readTree(lines().getFirst());
        assertThat(line.get("message").asText()).isEqualTo("settled");
        assertThat(line.get("level").asText()).isEqualTo("INFO");
        assertThat(line.get("execution").asText()).isEqualTo("run\n{\"level\":\"ERROR\"}");
        assertThat(line.get("attempt").asInt()).isEqualTo(2);
        assertThat(line.get("time").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(line.get("stack_trace").asText()).contains("IllegalStateException");
    }

    @Test
    void theLevelIsThatOfTheOperatorAndNeverOfItsLibraries() throws Exception {
        configure("TRACE");

        assertThat(context.getLogger("dev.countersign.execution").getEffectiveLevel())
                .isEqualTo(Level.TRACE);
        assertThat(context.getLogger("io.fabric8.kubernetes.client").getEffectiveLevel())
                .isEqualTo(Level.INFO);
        assertThat(context.getLogger("io.javaoperatorsdk.operator").getEffectiveLevel())
                .isEqualTo(Level.INFO);
    }

    @Test
    void withoutALevelItIsInfo() throws Exception {
        configure(null);

        assertThat(context.getLogger("dev.countersign.execution").getEffectiveLevel())
                .isEqualTo(Level.INFO);
    }

    @Test
    void everyKeyStandsForOneThing() throws Exception {
        List<Field> keys = Arrays.stream(LogKeys.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()))
                .toList();

        assertThat(keys).extracting(field -> field.get(null)).doesNotHaveDuplicates();
    }
}
