# shellcheck shell=bash
# Images: made from plain directories with tar, and loaded into containerd where the kubelet looks for them.

ctr_k8s() { "$STATE/bin/ctr" --address "$STATE/containerd.sock" --namespace k8s.io "$@"; }

# compose_image NAME DIRECTORY OUTPUT USER ENTRYPOINT...: an image with one layer, in the archive format of `docker
# save`. The same content gives the same bytes.
compose_image() {
  local name=$1 root=$2 output=$3 user=$4 work digest config entrypoint architecture=amd64
  shift 4
  entrypoint=$(printf '%s","' "$@")
  entrypoint=${entrypoint%'","'}
  [ "$(uname -m)" != aarch64 ] || architecture=arm64
  work=$(mktemp -d) || return 1
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf "$work/layer.tar" .
  digest=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)
  {
    printf '{"architecture":"%s","os":"linux",' "$architecture"
    printf '"config":{"User":"%s","Env":["PATH=/usr/bin:/bin"],"Entrypoint":["%s"]},' "$user" "$entrypoint"
    printf '"rootfs":{"type":"layers","diff_ids":["sha256:%s"]},"history":[{"created_by":"cluster"}]}' "$digest"
  } >"$work/config.json"
  config=$(sha256sum "$work/config.json" | cut -d' ' -f1).json
  mv "$work/config.json" "$work/$config"
  printf '[{"Config":"%s","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$config" "$name" >"$work/manifest.json"
  tar --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$work" -cf "$output" manifest.json "$config" layer.tar
  rm -rf "$work"
}

image_present() { ctr_k8s images ls -q "name==$1" 2>/dev/null | grep -qxF "$1"; }

load_pause_image() {
  local work
  ! image_present "$PAUSE_IMAGE" || return 0
  work=$(mktemp -d)
  mkdir "$work/root" && cp "${HOMES[pause]}/pause" "$work/root/pause"
  compose_image "$PAUSE_IMAGE" "$work/root" "$work/image.tar" 65535:65535 /pause
  ctr_k8s images import "$work/image.tar" >"$STATE/log/load.log" 2>&1 || die_of containerd "cannot load the pause image"
  rm -rf "$work"
}

# load ARCHIVE...: every image of each archive, and for each a second name by digest: containerd finds an image that
# was not pulled only under a name it knows, so a pod could not ask for repository@sha256:... otherwise.
# Prints a line for each image: its name, a blank, its name by digest.
load() {
  local archive began name digest report
  [ $# -gt 0 ] || die "usage: cluster load IMAGE.tar..."
  pid_of containerd >/dev/null || die "the cluster is not running: cluster/cluster up"
  for archive in "$@"; do
    [ -r "$archive" ] || die "cannot read $archive"
    began=$SECONDS
    # --local: the other way of importing shortens long names in what it prints.
    report=$(ctr_k8s images import --local "$archive" 2>"$STATE/log/load.log") || {
      sed 's/^/  | /' "$STATE/log/load.log" >&2
      die "cannot load $archive"
    }
    while read -r name digest; do
      [[ $name != import-* ]] ||
        warn "$archive gives its image no full name, only the tag ${name#import-*[:@]}; pods cannot ask for it so"
      [ "$name" = "$(repository "$name")@$digest" ] ||
        ctr_k8s images tag --force "$name" "$(repository "$name")@$digest" >/dev/null 2>&1 ||
        die "cannot name $name by its digest"
      printf '%s %s\n' "$name" "$(repository "$name")@$digest"
    done < <(printf '%s\n' "$report" | sed -n 's/^unpacking \([^ ]*\) (\(sha256:[0-9a-f]*\)).*/\1 \2/p')
    step "loaded $archive in $((SECONDS - began)) s"
  done
}

# repository NAME: without its tag or digest. A colon before the last slash belongs to a registry's port.
repository() {
  local name=${1%@*}
  [[ ${name##*/} != *:* ]] || name=${name%:*}
  printf '%s\n' "$name"
}
