package dev.countersign.cli.kube;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for one object to become something: a read, then watches from there, read again whenever a watch ends. */
final class Wait {
    private static final int GONE = 410;
    private static final int PAUSE_MILLIS = 200;
    private static final int LONGEST_WATCH_SECONDS = 240;

    private final Api api;
    private final String collection;
    private final String name;
    private final long end;
    private final Predicate<JsonNode> wanted;

    Wait(Api api, String collection, String name, Duration most, Predicate<JsonNode> wanted) {
        this.api = api;
        this.collection = collection;
        this.name = name;
        this.end = System.nanoTime() + most.toNanos();
        this.wanted = wanted;
    }

    /** The state that was wanted, or null when the time is over. */
    @Nullable
    JsonNode result() {
        while (true) {
            JsonNode now = api.get(collection + "/" + name);
            if (wanted.test(now)) {
                return now;
            }
            if (left().toMillis() < 1) {
                return null;
            }
            JsonNode later =
                    watched(now.path("metadata").path("resourceVersion").asText());
            if (later != null) {
                return later;
            }
            pause();
        }
    }

    private Duration left() {
        return Duration.ofNanos(end - System.nanoTime());
    }

    private @Nullable JsonNode watched(String since) {
        long seconds = Math.clamp(left().toMillis() / 1000 + 1, 1, LONGEST_WATCH_SECONDS);
        String path = collection + "?watch=1&allowWatchBookmarks=false&timeoutSeconds=" + seconds + "&resourceVersion="
                + since + "&fieldSelector=metadata.name%3D" + name;
        try (var lines = new BufferedReader(new InputStreamReader(
                api.watch(path, Duration.ofSeconds(seconds)).body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode event = Json.read(line);
                JsonNode object = event.path("object");
                switch (event.path("type").asText()) {
                    case "ADDED", "MODIFIED" -> {
                        if (wanted.test(object)) {
                            return object;
                        }
                    }
                    case "DELETED" ->
                        throw Trouble.refused(name + " was deleted while it was waited for", "ask who deleted it");
                    default -> {
                        return null;
                    }
                }
            }
            return null;
        } catch (ApiError e) {
            if (e.code() == GONE) {
                return null;
            }
            throw e;
        } catch (IOException e) {
            // A watch that breaks off in the middle is ordinary; a server that is gone shows at the next read.
            return null;
        }
    }

    // A server that ends each watch at once must not be asked without a break.
    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Trouble.platform("the wait was interrupted", "look again with: kubectl countersign show")
                    .because(e);
        }
    }
}
