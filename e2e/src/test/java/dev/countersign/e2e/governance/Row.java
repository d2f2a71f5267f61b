package dev.countersign.e2e.governance;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * One row of table.yaml, where all is explained.
 *
 * @param without the answer with the denying layer taken away; absent where nothing is denied, or where what denies is
 *     not to be taken away
 * @param unfilled the answer where no policy fills in who somebody is
 */
record Row(String who, String does, Request request, Layer answer, Optional<Layer> without, Layer unfilled) {
    /** How it is sent. */
    enum Kind {
        CREATE("POST"),
        CHANGE("PATCH"),
        DELETE("DELETE"),
        CONNECT("POST");

        private final String method;

        Kind(String method) {
            this.method = method;
        }

        String method() {
            return method;
        }
    }

    /**
     * What is sent.
     *
     * @param stored whether it is no dry run: for what only a dry run may pass
     */
    record Request(Kind kind, String path, JsonNode body, boolean stored) {
        Request(Kind kind, String path, JsonNode body) {
            this(kind, path, body, false);
        }
    }

    @Override
    public String toString() {
        return who + " " + does;
    }
}
