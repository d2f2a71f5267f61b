package dev.countersign.sandbox;

import dev.countersign.sandbox.pod.SandboxPod;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Sandboxes whose pods run as soon as they are made, with somebody at the other end of the stream who says nothing. */
public final class TestingSandboxes implements SandboxSupply {
    private final KubernetesClient client;
    private final KubernetesMockServer server;
    private final PodEnds ends;
    private final AtomicInteger made = new AtomicInteger();

    public TestingSandboxes(KubernetesClient client, KubernetesMockServer server, PodEnds ends) {
        this.client = client;
        this.server = server;
        this.ends = ends;
    }

    @Override
    public Claim claim(Key key) {
        return new Claim.Cold(ColdStart.PoolOff);
    }

    @Override
    public void giveBack(Sandbox sandbox) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Sandbox start(Key key, CompletableFuture<?> giveUp) {
        String name = "sbx-" + made.incrementAndGet();
        server.expect()
                .get()
                .withPath("/api/v1/namespaces/" + key.namespace() + "/pods/" + name
                        + "/attach?container=sandbox&stdin=true&stdout=true&stderr=true")
                .andUpgradeToWebSocket()
                .open()
                .done()
                .always();
        Pod pod = client.resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(key.namespace())
                        .endMetadata()
                        .withNewSpec()
                        .withNodeName("node")
                        .withRuntimeClassName("gvisor")
                        .addNewContainer()
                        .withName(SandboxPod.CONTAINER)
                        .endContainer()
                        .endSpec()
                        .build())
                .create();
        Pod running = new PodBuilder(pod)
                .withNewStatus()
                .withPhase("Running")
                .addNewContainerStatus()
                .withName(SandboxPod.CONTAINER)
                .withImageID("sandbox@sha256:" + "1".repeat(64))
                .endContainerStatus()
                .endStatus()
                .build();
        try {
            return Sandbox.attach(
                    ends, (of, sink) -> AttachStream.open(client, of, SandboxPod.CONTAINER, sink), running);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
