package dev.countersign.cli.kube;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The HTTP proxy for the API server: the kubeconfig's, else the one that HTTPS_PROXY names and NO_PROXY does not exempt. */
final class ProxyOf extends ProxySelector {
    private final List<Proxy> proxies;

    private ProxyOf(Proxy proxy) {
        this.proxies = List.of(proxy);
    }

    static ProxyOf of(Access access, Map<String, String> environment) {
        return Optional.ofNullable(access.proxy())
                .or(() -> ofEnvironment(access.server(), environment))
                .map(uri -> new ProxyOf(new Proxy(
                        Proxy.Type.HTTP, new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? 80 : uri.getPort()))))
                .orElseGet(() -> new ProxyOf(Proxy.NO_PROXY));
    }

    private static Optional<URI> ofEnvironment(URI server, Map<String, String> environment) {
        String name = "https".equals(server.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY";
        String host = server.getHost();
        boolean loopback = host.equals("localhost") || host.startsWith("127.") || host.equals("[::1]");
        if (loopback || isExempt(host, either(environment, "NO_PROXY").orElse(""))) {
            return Optional.empty();
        }
        return either(environment, name).map(text -> URI.create(text.contains("://") ? text : "http://" + text));
    }

    private static boolean isExempt(String host, String exempt) {
        for (String each : exempt.split(",", -1)) {
            String suffix = each.strip();
            if (suffix.equals("*")
                    || !suffix.isEmpty()
                            && (host.equals(suffix) || host.endsWith(suffix.startsWith(".") ? suffix : "." + suffix))) {
                return true;
            }
        }
        return false;
    }

    private static Optional<String> either(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name))
                .or(() -> Optional.ofNullable(environment.get(name.toLowerCase(java.util.Locale.ROOT))))
                .filter(text -> !text.isBlank());
    }

    @Override
    public List<Proxy> select(URI uri) {
        return proxies;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // The request itself fails with it.
    }
}
