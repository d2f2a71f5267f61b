package dev.countersign.kube;

import dev.countersign.api.execution.Execution;
import dev.countersign.api.execution.ExecutionStatus;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a status: one server-side apply that holds all the operator has to say, and nothing that is not its own. */
public final class StatusWriter {
    private static final Logger LOG = LoggerFactory.getLogger(StatusWriter.class);
    private static final String FIELD_MANAGER = "countersign-operator";
    private static final int UNPROCESSABLE = 422;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** What became of a write. */
    public enum Written {
        DONE,
        /** The object, or this incarnation of it, is gone: nobody is left to tell. */
        GONE,
        /** The API server will not take this status, however often it is tried. */
        REFUSED
    }

    private final KubernetesClient client;

    public StatusWriter(KubernetesClient client) {
        this.client = client;
    }

    /**
     * Writes {@code status} to {@code blank}, a new object, under the identity of {@code of}. The UID is a precondition:
     * a re-created object of the same name must not get its predecessor's status.
     *
     * @throws KubernetesClientException the API server did not answer, or not now
     */
    public <S, R extends CustomResource<?, S>> Written apply(R blank, ObjectMeta of, S status) {
        blank.setMetadata(new ObjectMetaBuilder()
                .withNamespace(of.getNamespace())
                .withName(of.getName())
                .withUid(of.getUid())
                .build());
        blank.setStatus(status);
        try {
            client.resource(blank)
                    .subresource("status")
                    .patch(new PatchContext.Builder()
                            .withPatchType(PatchType.SERVER_SIDE_APPLY)
                            .withFieldManager(FIELD_MANAGER)
                            .withForce(true)
                            .build());
            return Written.DONE;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_CONFLICT -> Written.GONE;
                case UNPROCESSABLE, HttpURLConnection.HTTP_BAD_REQUEST, HttpURLConnection.HTTP_ENTITY_TOO_LARGE -> {
                    LOG.atError()
                            .addKeyValue("object", of.getNamespace() + "/" + of.getName())
                            .setCause(e)
                            .log("status refused");
                    yield Written.REFUSED;
                }
                default -> throw e;
            };
        }
    }

    /** Writes, and while the API server does not answer, tries again for ever: an outcome must not be lost. */
    public Written write(Execution execution, ExecutionStatus status) throws InterruptedException {
        for (Duration pause = FIRST_PAUSE; ; pause = longer(pause)) {
            try {
                return apply(new Execution(), execution.getMetadata(), status);
            } catch (KubernetesClientException e) {
                LOG.atWarn()
                        .addKeyValue("object", execution.getMetadata().getName())
                        .setCause(e)
                        .log("status not written yet");
            }
            Thread.sleep(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }
}
