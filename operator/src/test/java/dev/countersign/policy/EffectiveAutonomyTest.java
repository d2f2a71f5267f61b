package dev.countersign.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.api.Autonomy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EffectiveAutonomyTest {
    /** What the template asks for, the approval's ceiling if it has one, the department's cap, and what is in effect. */
    @ParameterizedTest
    @CsvSource(textBlock = """
      Autonomous, ,           Autonomous, Autonomous
      Autonomous, Autonomous, Autonomous, Autonomous
      Autonomous, Supervised, Autonomous, Supervised
      Autonomous, ByFindings, Autonomous, ByFindings
      Autonomous, ,           Supervised, Supervised
      Autonomous, ,           ByFindings, Supervised
      Autonomous, Autonomous, ByFindings, Supervised
      Autonomous, ByFindings, ByFindings, ByFindings
      Autonomous, ByFindings, Supervised, Supervised
      ByFindings, ,           Autonomous, Supervised
      ByFindings, Autonomous, Autonomous, Supervised
      ByFindings, ByFindings, Autonomous, ByFindings
      ByFindings, Supervised, Autonomous, Supervised
      ByFindings, ByFindings, Supervised, Supervised
      Supervised, ,           Autonomous, Supervised
      Supervised, Autonomous, Autonomous, Supervised
      Supervised, ByFindings, Autonomous, Supervised
      Supervised, ByFindings, ByFindings, Supervised
      """)
    void isTheLeastOfAll(Autonomy template, Autonomy ceiling, Autonomy cap, Autonomy effective) {
        assertThat(EffectiveAutonomy.of(template, ceiling, cap).autonomy()).isEqualTo(effective);
    }

    @ParameterizedTest
    @CsvSource({"Autonomous, false", "ByFindings, true", "Supervised, true"})
    void everythingButAutonomousNeedsAPerson(Autonomy autonomy, boolean person) {
        assertThat(new EffectiveAutonomy(autonomy, "").needsPerson()).isEqualTo(person);
    }
}
