package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.cli.command.CountersignCommand;
import dev.countersign.cli.kube.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.BiFunction;
import org.yaml.snakeyaml.Yaml;

/** An API server that answers what a test has laid down, and the plugin run against it. */
public final class TestingApi implements AutoCloseable {
    public static final String KINDS = "/apis/countersign.dev/v1alpha1/namespaces/finance/";

    /** A request as it came. */
    public record Request(String method, String path, String body, Map<String, List<String>> headers) {
        public JsonNode json() {
            try {
                return Json.read(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** What a command printed, and its exit code. */
    public record Outcome(int exit, String out, String err) {}

    private record Answer(int status, String body, boolean isOverWhatWasSent) {}

    private final HttpServer server;
    private final Path kubeconfig;
    private final Map<String, Queue<Answer>> answers = new HashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private boolean terminal;
    private String typed = "";

    public TestingApi(Path folder) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/", this::answer);
        server.start();
        kubeconfig = Files.writeString(
                folder.resolve("kubeconfig"),
                "current-context: it\ncontexts: [{name: it, context: {cluster: it, namespace: finance}}]\n"
                        + "clusters: [{name: it, cluster: {server: \"http://127.0.0.1:"
                        + server.getAddress().getPort() + "\"}}]\n");
        is("alice");
    }

    /** Who the caller is; alice unless this is called. */
    public TestingApi is(String username) {
        String request = "POST /apis/authentication.k8s.io/v1/selfsubjectreviews";
        answers.remove(request);
        return on(request, "status: {userInfo: {username: '" + username + "', uid: u-1}}");
    }

    /** Lays down an answer in YAML; of several for one request each is given once, the last for ever. */
    public TestingApi on(String request, String yaml) {
        return on(request, 200, yaml);
    }

    public TestingApi on(String request, int status, String yaml) {
        answers.computeIfAbsent(request, each -> new ArrayDeque<>())
                .add(new Answer(status, tree(yaml).toString(), false));
        return this;
    }

    /**
     * The object is stored as it was sent, with this merge patch over it: what the cluster fills in, or what somebody
     * changes on its way.
     */
    public TestingApi stores(String request, String yaml) {
        answers.computeIfAbsent(request, each -> new ArrayDeque<>())
                .add(new Answer(201, tree(yaml).toString(), true));
        return this;
    }

    /** The answer is an error as the API server words it. */
    public TestingApi refuse(String request, int status, String reason, String message) {
        return on(
                request, status, "{kind: Status, reason: " + reason + ", message: " + TextNode.valueOf(message) + "}");
    }

    /** A person is at the terminal and types this. */
    public TestingApi types(String line) {
        terminal = true;
        typed = line + "\n";
        return this;
    }

    /** Something is piped into the command. */
    public TestingApi pipes(String text) {
        typed = text;
        return this;
    }

    public Outcome run(String... args) {
        return run(CountersignCommand::run, args);
    }

    /** The same, with every command line read by the option parser. */
    public Outcome runParsed(String... args) {
        return run(CountersignCommand::parsed, args);
    }

    private Outcome run(BiFunction<Surroundings, String[], Integer> command, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var surroundings = new Surroundings(
                Map.of("KUBECONFIG", kubeconfig.toString()),
                new ByteArrayInputStream(typed.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Clock.systemUTC(),
                terminal,
                false,
                100);
        int exit = command.apply(surroundings, args);
        return new Outcome(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** All requests that came of this method, with this ending of the path. */
    public List<Request> requests(String method, String ending) {
        return requests.stream()
                .filter(each -> each.method().equals(method) && each.path().endsWith(ending))
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getQuery();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(new Request(exchange.getRequestMethod(), path, body, new HashMap<>(exchange.getRequestHeaders())));
        boolean watch = query != null && query.startsWith("watch=");
        Answer answer = next((watch ? "WATCH" : exchange.getRequestMethod()) + " " + path);
        String given = answer.isOverWhatWasSent()
                ? patched(Json.read(body), Json.read(answer.body())).toString()
                : answer.body();
        byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Answer next(String request) {
        Queue<Answer> queue = answers.getOrDefault(request, new ArrayDeque<>());
        Answer answer = queue.size() > 1 ? queue.poll() : queue.peek();
        return answer != null
                ? answer
                : new Answer(
                        404, "{\"kind\":\"Status\",\"reason\":\"NotFound\",\"message\":\"" + request + "\"}", false);
    }

    private static JsonNode patched(JsonNode object, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch;
        }
        ObjectNode patched = object instanceof ObjectNode before ? before.deepCopy() : changes.objectNode();
        changes.properties().forEach(each -> {
            if (each.getValue().isNull()) {
                patched.remove(each.getKey());
            } else {
                patched.set(each.getKey(), patched(patched.path(each.getKey()), each.getValue()));
            }
        });
        return patched;
    }

    /** YAML as JSON. */
    public static JsonNode tree(String yaml) {
        return new ObjectMapper().valueToTree(new Yaml().load(yaml));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
