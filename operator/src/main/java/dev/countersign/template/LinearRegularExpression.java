package dev.countersign.template;

import com.google.re2j.Pattern;
import com.networknt.schema.regex.RegularExpression;

/**
 * A schema's {@code pattern}, matched in time linear to the input.
 *
 * <p>Inputs come from agents; a backtracking engine would let one of them stop the operator. Back references and
 * look-around do not exist here: a schema that uses them is invalid, and its message says so.
 */
record LinearRegularExpression(Pattern pattern) implements RegularExpression {
    LinearRegularExpression(String regex) {
        this(Pattern.compile(regex));
    }

    @Override
    public boolean matches(String value) {
        return pattern.matcher(value).find();
    }
}
