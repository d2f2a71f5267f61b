package dev.countersign.cli.command;

import dev.countersign.cli.kube.Trouble;
import java.util.List;

/**
 * What a command is about: {@code NAME} or {@code template NAME}, {@code execution NAME}, {@code approval NAME}.
 *
 * @param isStated the caller said the kind, so a name alone is not guessed at
 */
record Target(Kind kind, String name, boolean isStated) {

    static Target of(List<String> words) {
        if (words.size() == 1 && !words.getFirst().contains("/")) {
            return new Target(Kind.CODE_TEMPLATE, Name.check("TEMPLATE", words.getFirst()), false);
        }
        List<String> parts = words.size() == 1 ? List.of(words.getFirst().split("/", 2)) : words;
        if (parts.size() != 2) {
            throw Trouble.refused("one thing at a time: " + String.join(" ", words), "give TEMPLATE or execution NAME");
        }
        return new Target(kind(parts.getFirst()), Name.check("NAME", parts.getLast()), true);
    }

    private static Kind kind(String word) {
        return switch (word) {
            case "template", "codetemplate", "ctpl" -> Kind.CODE_TEMPLATE;
            case "execution", "run", "exn" -> Kind.EXECUTION;
            case "approval", "templateapproval", "tapp" -> Kind.TEMPLATE_APPROVAL;
            default ->
                throw Trouble.refused(
                        word + " is no kind of thing here", "say template NAME, execution NAME or approval NAME");
        };
    }
}
