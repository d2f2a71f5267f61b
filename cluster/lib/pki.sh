# shellcheck shell=bash
# Certificates and kubeconfigs. P-256 keys: made in milliseconds. Everything is made once per state directory, each file
# under a temporary name first, so that an interrupted run leaves none that is half written.

PKI_DAYS=3650

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

# authority NAME: a self-signed certificate authority.
authority() {
  local base=$STATE/pki/$1
  [ ! -f "$base.crt" ] || return 0
  new_key "$base.key"
  openssl req -x509 -new -key "$base.key" -days "$PKI_DAYS" -subj "/CN=countersign-cluster $1" \
    -addext keyUsage=critical,keyCertSign,cRLSign -out "$base.crt.new" 2>/dev/null && mv "$base.crt.new" "$base.crt" ||
    die "cannot make the certificate authority $1"
}

# sign AUTHORITY FILE DAYS SUBJECT [NAMES]: FILE.key and FILE.crt, for clients; with NAMES for a server as well.
sign() {
  local authority=$STATE/pki/$1 base=$2 days=$3 subject=$4 names=${5:-} uses=clientAuth
  [ -z "$names" ] || uses+=,serverAuth
  new_key "$base.key"
  openssl req -new -utf8 -key "$base.key" -subj "$subject" -out "$base.csr" 2>/dev/null &&
    openssl x509 -req -in "$base.csr" -CA "$authority.crt" -CAkey "$authority.key" -days "$days" \
      -set_serial "0x$(openssl rand -hex 16)" -out "$base.crt.new" -extfile <(
        printf 'keyUsage=critical,digitalSignature\nextendedKeyUsage=%s\n' "$uses"
        [ -z "$names" ] || printf 'subjectAltName=%s\n' "$names"
      ) 2>/dev/null && mv "$base.crt.new" "$base.crt" && rm "$base.csr" ||
    die "cannot sign a certificate for $subject"
}

certificate() { [ -f "$STATE/pki/$2.crt" ] || sign "$1" "$STATE/pki/$2" "$PKI_DAYS" "${@:3}"; }

# subject USER [GROUP...]: a name with / or + in it needs them escaped, since they part the fields.
subject() {
  local user=$1 group result=""
  shift
  for group in "$@"; do result+="/O=$(escape_subject "$group")"; done
  printf '%s/CN=%s\n' "$result" "$(escape_subject "$user")"
}

escape_subject() { printf '%s' "$1" | sed 's/[\\/+]/\\&/g'; }

# print_kubeconfig CERTIFICATE KEY: all in one file, so that it can be carried elsewhere.
print_kubeconfig() {
  cat <<YAML
apiVersion: v1
kind: Config
clusters:
  - name: countersign
    cluster:
      server: $API_SERVER
      certificate-authority-data: $(base64 -w0 <"$STATE/pki/ca.crt")
users:
  - name: user
    user:
      client-certificate-data: $(base64 -w0 <"$1")
      client-key-data: $(base64 -w0 <"$2")
contexts:
  - name: countersign
    context: {cluster: countersign, user: user}
current-context: countersign
YAML
}

component_kubeconfig() {
  local file=$STATE/kubeconfig/$1
  [ ! -f "$file" ] || return 0
  certificate ca "$@"
  print_kubeconfig "$STATE/pki/$1.crt" "$STATE/pki/$1.key" >"$file.new" && mv "$file.new" "$file"
}

make_pki() {
  local umask_before
  umask_before=$(umask)
  umask 077
  mkdir -p "$STATE/pki" "$STATE/kubeconfig"
  authority ca
  # etcd has an authority of its own: it takes any client its authority knows, and those are not the cluster's users.
  authority etcd-ca
  certificate etcd-ca etcd /CN=etcd DNS:localhost,IP:127.0.0.1
  certificate etcd-ca etcd-client /CN=kube-apiserver
  certificate ca kube-apiserver /CN=kube-apiserver "DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,\
DNS:kubernetes.default.svc.cluster.local,DNS:localhost,IP:127.0.0.1,IP:$KUBERNETES_SERVICE_IP,IP:$NODE_IP"
  certificate ca kubelet-client /CN=kube-apiserver-kubelet-client
  certificate ca kubelet "$(subject "system:node:$NODE_NAME" system:nodes)" "DNS:$NODE_NAME,IP:$NODE_IP"
  if [ ! -f "$STATE/pki/service-accounts.pub" ]; then
    new_key "$STATE/pki/service-accounts.key"
    openssl pkey -in "$STATE/pki/service-accounts.key" -pubout -out "$STATE/pki/service-accounts.pub.new" &&
      mv "$STATE/pki/service-accounts.pub.new" "$STATE/pki/service-accounts.pub"
  fi
  component_kubeconfig admin "$(subject admin system:masters)"
  component_kubeconfig kube-controller-manager "$(subject system:kube-controller-manager)"
  component_kubeconfig kube-scheduler "$(subject system:kube-scheduler)"
  component_kubeconfig kube-proxy "$(subject system:kube-proxy)"
  component_kubeconfig netpol "$(subject countersign-cluster:netpol)"
  component_kubeconfig kubelet
  umask "$umask_before"
}

# user_kubeconfig USER [GROUP...]: prints it; the certificate lasts 30 days and is kept nowhere else.
user_kubeconfig() {
  local directory
  [ -f "$STATE/pki/ca.key" ] || die "no cluster here (as root?): $STATE"
  directory=$(umask 077 && mktemp -d)
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$directory'" EXIT
  sign ca "$directory/user" 30 "$(subject "$@")"
  print_kubeconfig "$directory/user.crt" "$directory/user.key"
}
